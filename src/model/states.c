/* The names of states and policies in SQL, in the order of the enums. */
#include "postgres.h"

#include "model/states.h"

const char *const ship_policy_names[] = {"as_available", "backorders_together", "complete_line", "complete_order", NULL};
const char *const part_status_names[] = {"allocated", "backordered", "shipped", "canceled", "returned", NULL};
const char *const group_status_names[] = {"waiting", "ready", "released", "shipped", "delivered", "canceled", NULL};
const char *const order_status_names[] = {"held", "open", "complete", "canceled", NULL};
const char *const stock_policy_names[] = {"deny", "allow", "preorder", NULL};
const char *const promise_basis_names[] = {"", "shelf", "supply", "lead_time", "preorder", NULL};
const char *const late_payment_names[] = {"queue", "available", "refuse", NULL};
const char *const grant_policy_names[] = {"keep", "lower", "withdraw", NULL};
