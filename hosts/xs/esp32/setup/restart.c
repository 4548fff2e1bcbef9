#include "xsmc.h"
#include "xsHost.h"

#include "esp_system.h"

/* esp_system.h: void esp_restart(void); it stops Wi-Fi, resets the chip, and does not return. */
void xs_wirelet_restart(xsMachine *the)
{
	(void)the;
	esp_restart();
}
