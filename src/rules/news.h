/* What is news for the customer of an order. */
#ifndef BACKORDER_RULES_NEWS_H
#define BACKORDER_RULES_NEWS_H

#include "postgres.h"

#include "model/types.h"

extern bool has_new_promise(const Part *part);
extern bool has_changed_for_customer(const Order *order);
extern void find_news(Order *order);
extern void restore_known_date(const Call *call, Part *part);

#endif
