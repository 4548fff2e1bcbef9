/*
 * Moddable's C interface as far as native-link.c uses it, with the names and shapes of its published headers. A slot is an
 * integer or bytes; a machine calls one native at a time, whose exceptions leave it by longjmp, as in XS.
 */
#pragma once
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int32_t integer; void *bytes; uint32_t length; } xsSlot;
typedef struct xsMachineRecord xsMachine;
typedef uint32_t xsUnsignedValue;
typedef int32_t xsIntegerValue;
typedef uint8_t xsBooleanValue;
typedef int xsIdentifier;
typedef void (*xsDestructor)(void *data);
typedef void (*xsMarkRoot)(xsMachine *the, xsSlot *slot);
typedef struct {
	xsDestructor destructor;
	void (*marker)(xsMachine *the, void *data, xsMarkRoot markRoot);
	const char *signature;
} xsHostHooks;

#define MAX_ARGUMENTS 4
struct xsMachineRecord {
	xsSlot self, result, arguments[MAX_ARGUMENTS], variable;
	void *hostData;
	const xsHostHooks *hostHooks;
	jmp_buf handler;
	const char *exception;
	int remembered;
};

enum { xsID_mac, xsID_onReadable };

#define xsThis (the->self)
#define xsResult (the->result)
#define xsArg(index) (the->arguments[index])
#define xsVar(index) (*(&the->variable + (index)))
#define xsmcVars(count) ((void)(count))
#define xsmcGet(result, object, id) ((result) = machineGet(the, &(object), id))
#define xsmcToInteger(slot) ((slot).integer)
#define xsmcSetBoolean(slot, value) ((slot).integer = (value))
#define xsmcSetArrayBuffer(slot, data, size) machineSetBytes(the, &(slot), data, size)
#define xsmcGetBufferReadable(slot, data, count) (*(data) = (slot).bytes, *(count) = (slot).length)
#define xsmcSetHostData(slot, data) ((void)(slot), the->hostData = (data))
#define xsSetHostHooks(slot, hooks) ((void)(slot), the->hostHooks = (hooks))
#define xsmcGetHostDataValidate(slot, hooks) ((void)(slot), machineHostData(the, hooks))
#define xsRemember(slot) ((void)(slot), the->remembered += 1)
#define xsUnknownError(text) machineThrow(the, text)
#define xsRangeError(text) machineThrow(the, text)
#define xsBeginHost(machine) { xsMachine *host = (machine)
#define xsEndHost(machine) (void)(machine); (void)host; }
#define xsReference(slot) (*(slot))
#define xsCallFunction0(function, self) ((void)(function), (void)(self), machineCall())

xsSlot machineGet(xsMachine *the, const xsSlot *object, xsIdentifier id);
void machineSetBytes(xsMachine *the, xsSlot *slot, const void *data, uint32_t size);
void *machineHostData(xsMachine *the, const void *hooks);
void machineThrow(xsMachine *the, const char *text) __attribute__((noreturn));
/* Calls onReadable. */
void machineCall(void);

/* xsHost.h */
#define C_NULL NULL
#define c_malloc machineMalloc
#define c_calloc machineCalloc
#define c_free free
#define c_memcpy memcpy
#define c_memcmp memcmp
#define c_memset memset
void *machineMalloc(size_t size);
void *machineCalloc(size_t count, size_t size);
typedef void (*modMessageDeliver)(void *the, void *refcon, uint8_t *message, uint16_t messageLength);
int modMessagePostToMachine(xsMachine *the, uint8_t *message, uint16_t messageLength, modMessageDeliver callback, void *refcon);

/* builtinCommon.h: on ESP32 interrupts are off in between, and the other core waits. */
void builtinCriticalSectionBegin(void);
void builtinCriticalSectionEnd(void);
xsSlot *builtinGetCallback(xsMachine *the, xsIdentifier id);
