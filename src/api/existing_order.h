/* The order that was placed under the reference of a request. */
#ifndef BACKORDER_API_EXISTING_ORDER_H
#define BACKORDER_API_EXISTING_ORDER_H

#include "postgres.h"

#include "model/types.h"

extern bool read_existing_order(Call *call, const Request *request, Order **order);
extern bool is_placed_again(const Call *call, const Order *order);
extern bool show_existing_order(Checkout *checkout);

#endif
