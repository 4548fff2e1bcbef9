/* What the parts of the stand-in share. */
#pragma once
#include "lwip/lwip.h"
#include "xsmc.h"

/* What can run out; below zero: as much as anybody wants. */
enum { kMemory, kChunks, kMessages, kPbufs, kPcbs, kLimits };
extern _Atomic int gLimits[kLimits];
/* Whether there is one left; takes it. */
int take(int limit);

/* A thread that others give work to, and wait for. */
typedef struct WorkerRecord *Worker;
typedef void (*Work)(void *argument);
Worker newWorker(void);
void runIn(Worker worker, Work work, void *argument);
/* Does not wait. */
void startIn(Worker worker, Work work, void *argument);
int isBusy(Worker worker);
int isIn(Worker worker);

/* "> WHAT HEX" on the output. */
void tell(const char *what, const void *bytes, size_t length);

/* lwip.c */
void lwipStart(void);
/* Puts an interface with this MAC into lwIP instead of the one that there was. */
void lwipMakeInterface(const u8_t *mac, int isLinkUp);
/* A UDP port that somebody else has; 0: none. */
extern u16_t gTakenPort;
/* In the driver's thread: a frame comes in. */
void driverReceive(const u8_t *frame, u16_t length);

/* machine.c */
extern xsMachine gMachine;
/* Calls a native. Its exception's text, or NULL. */
const char *machineNative(void (*native)(xsMachine *the));
/* Delivers what has been posted. The count of messages. */
int machineService(void);
