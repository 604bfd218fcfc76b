/* States and policies of orders, parts, shipment groups and items, and their names in SQL. */
#ifndef BACKORDER_MODEL_STATES_H
#define BACKORDER_MODEL_STATES_H

#include "postgres.h"

#define USUAL_PRIORITY 0		/* the default priority of an order */

typedef enum ShipPolicy
{
	AS_AVAILABLE, BACKORDERS_TOGETHER, COMPLETE_LINE, COMPLETE_ORDER
} ShipPolicy;

typedef enum PartStatus
{
	ALLOCATED, BACKORDERED, SHIPPED, CANCELED, RETURNED
} PartStatus;

typedef enum GroupStatus
{
	GROUP_WAITING, GROUP_READY, GROUP_RELEASED, GROUP_SHIPPED, GROUP_DELIVERED, GROUP_CANCELED
} GroupStatus;

typedef enum OrderStatus
{
	ORDER_HELD, ORDER_OPEN, ORDER_COMPLETE, ORDER_CANCELED
} OrderStatus;

typedef enum StockPolicy
{
	DENY, ALLOW, PREORDER
} StockPolicy;

typedef enum PromiseBasis
{
	BASIS_UNKNOWN, BASIS_SHELF, BASIS_SUPPLY, BASIS_LEAD_TIME, BASIS_PREORDER
} PromiseBasis;

/* What becomes of a grant when an order changes. */
typedef enum GrantPolicy
{
	GRANT_KEPT, GRANT_LOWERED, GRANT_WITHDRAWN
} GrantPolicy;

/* What confirm_order() does after the end of a hold. */
typedef enum LatePayment
{
	LATE_QUEUES, LATE_IF_AVAILABLE, LATE_REFUSED
} LatePayment;

/* The customer's answer to a question, as the request states it. */
typedef enum Answer
{
	ANSWER_NONE, ANSWER_NO, ANSWER_YES
} Answer;

extern const char *const ship_policy_names[];
extern const char *const part_status_names[];
extern const char *const group_status_names[];
extern const char *const order_status_names[];
extern const char *const stock_policy_names[];
extern const char *const promise_basis_names[];
extern const char *const late_payment_names[];
extern const char *const grant_policy_names[];

#endif
