/* XS and Moddable's queue of messages, as far as native-link.c needs them. */
#include <pthread.h>
#include <stdio.h>
#include "world.h"

#define MAX_MESSAGES 8

_Atomic int gLimits[kLimits] = { -1, -1, -1, -1, -1 };
xsMachine gMachine;

static pthread_mutex_t gCritical = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gMessagesLock = PTHREAD_MUTEX_INITIALIZER;
static struct { modMessageDeliver deliver; void *refcon; } gMessages[MAX_MESSAGES];
static int gMessageCount;

int take(int limit)
{
	if (gLimits[limit] < 0)
		return 1;
	if (gLimits[limit] == 0)
		return 0;
	gLimits[limit] -= 1;
	return 1;
}

void *machineMalloc(size_t size)
{
	return take(kMemory) ? malloc(size) : NULL;
}

void *machineCalloc(size_t count, size_t size)
{
	return take(kMemory) ? calloc(count, size) : NULL;
}

/* Not recursive, as on a chip what is called inside must not wait. */
void builtinCriticalSectionBegin(void)
{
	pthread_mutex_lock(&gCritical);
}

void builtinCriticalSectionEnd(void)
{
	pthread_mutex_unlock(&gCritical);
}

void machineThrow(xsMachine *the, const char *text)
{
	the->exception = text;
	longjmp(the->handler, 1);
}

xsSlot machineGet(xsMachine *the, const xsSlot *object, xsIdentifier id)
{
	return id == xsID_mac ? *object : the->arguments[1];
}

xsSlot *builtinGetCallback(xsMachine *the, xsIdentifier id)
{
	return id == xsID_onReadable && the->arguments[1].integer ? &the->arguments[1] : NULL;
}

void machineSetBytes(xsMachine *the, xsSlot *slot, const void *data, uint32_t size)
{
	if (!take(kChunks))
		machineThrow(the, "memory full");
	slot->bytes = malloc(size);
	slot->length = size;
	memcpy(slot->bytes, data, size);
}

void *machineHostData(xsMachine *the, const void *hooks)
{
	if (!the->hostData || the->hostHooks != hooks)
		machineThrow(the, "no host data");
	return the->hostData;
}

int modMessagePostToMachine(xsMachine *the, uint8_t *message, uint16_t messageLength, modMessageDeliver callback, void *refcon)
{
	(void)the, (void)message, (void)messageLength;
	int isPosted = 0;
	pthread_mutex_lock(&gMessagesLock);
	if (gMessageCount < MAX_MESSAGES && take(kMessages)) {
		gMessages[gMessageCount].deliver = callback;
		gMessages[gMessageCount++].refcon = refcon;
		isPosted = 1;
	}
	pthread_mutex_unlock(&gMessagesLock);
	if (isPosted)
		tell("posted", NULL, 0);
	return isPosted ? 0 : -2;
}

int machineService(void)
{
	int count = 0;
	for (;;) {
		modMessageDeliver deliver = NULL;
		void *refcon = NULL;
		pthread_mutex_lock(&gMessagesLock);
		if (gMessageCount) {
			deliver = gMessages[0].deliver;
			refcon = gMessages[0].refcon;
			memmove(gMessages, gMessages + 1, sizeof(gMessages[0]) * (size_t)--gMessageCount);
		}
		pthread_mutex_unlock(&gMessagesLock);
		if (!deliver)
			return count;
		deliver(&gMachine, refcon, NULL, 0);
		count++;
	}
}

const char *machineNative(void (*native)(xsMachine *the))
{
	gMachine.exception = NULL;
	memset(&gMachine.result, 0, sizeof(gMachine.result));
	if (!setjmp(gMachine.handler))
		native(&gMachine);
	return gMachine.exception;
}

void machineCall(void)
{
	tell("readable", NULL, 0);
}
