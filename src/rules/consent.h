/* Consent: what the customer agreed to when ordering. */
#ifndef BACKORDER_RULES_CONSENT_H
#define BACKORDER_RULES_CONSENT_H

#include "postgres.h"

#include "model/states.h"
#include "model/types.h"

extern bool split_is_agreed(const Call *call, const Request *request);
extern ShipPolicy agreed_policy(const Call *call, const Request *request);
extern void record_promise_shown(const Call *call, Order *order);

#endif
