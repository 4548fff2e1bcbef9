#include "lwip/lwip.h"
