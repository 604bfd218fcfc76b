/* The end of a call: the stages that follow its plan. */
#ifndef BACKORDER_ENGINE_FINISH_H
#define BACKORDER_ENGINE_FINISH_H

#include "postgres.h"

#include "model/types.h"

extern bool finish_call(Call *call);
extern void reallocate(Call *call);

#endif
