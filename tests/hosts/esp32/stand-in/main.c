/*
 * Runs native-link.c by commands, one a line of the input: "NAME ARGUMENT…", bytes as hexadecimal digits, "-" for none. What
 * happens meanwhile is told as lines "> WHAT HEX"; each answer ends with a line "= VALUE" or "! EXCEPTION".
 */
#include <stdatomic.h>
#include <stdio.h>
#include "world.h"

#define MAX_LINE 8192
#define MAX_BYTES 2048

void xs_wirelet_link(xsMachine *the);
void xs_wirelet_link_bind(xsMachine *the);
void xs_wirelet_link_unbind(xsMachine *the);
void xs_wirelet_link_send(xsMachine *the);
void xs_wirelet_link_transmit(xsMachine *the);
void xs_wirelet_link_watch(xsMachine *the);
void xs_wirelet_link_read(xsMachine *the);
void xs_wirelet_link_set_dns(xsMachine *the);
void xs_wirelet_link_destructor(void *data);

static const struct { const char *name; void (*native)(xsMachine *the); } gNatives[] = {
	{ "open", xs_wirelet_link },
	{ "bind", xs_wirelet_link_bind },
	{ "unbind", xs_wirelet_link_unbind },
	{ "send", xs_wirelet_link_send },
	{ "transmit", xs_wirelet_link_transmit },
	{ "watch", xs_wirelet_link_watch },
	{ "read", xs_wirelet_link_read },
	{ "dns", xs_wirelet_link_set_dns },
};
static const char *const gLimitNames[kLimits] = { "memory", "chunks", "messages", "pbufs", "pcbs" };

typedef struct { u8_t bytes[MAX_BYTES]; u16_t length; } Bytes;
typedef struct { Bytes *frame; int count; atomic_int isEndless; } Flood;

static Worker gDriver;
static int gIsQuiet;

static void print(const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		printf("%02x", ((const u8_t *)bytes)[i]);
	printf("\n");
}

void tell(const char *what, const void *bytes, size_t length)
{
	if (gIsQuiet)
		return;
	printf("> %s ", what);
	print(bytes, length);
}

static Bytes *parse(const char *text)
{
	Bytes *result = calloc(1, sizeof(Bytes));
	unsigned value;
	while (result->length < MAX_BYTES && sscanf(text + 2 * result->length, "%2x", &value) == 1)
		result->bytes[result->length++] = (u8_t)value;
	return result;
}

static void floodIn(void *argument)
{
	Flood *flood = argument;
	for (int i = 0; i < flood->count || atomic_load(&flood->isEndless); i++)
		driverReceive(flood->frame->bytes, flood->frame->length);
}

/* The bytes of an argument in memory of just that size, and its number. */
static xsSlot slotOf(const char *text)
{
	Bytes *bytes = parse(text);
	xsSlot slot = { .integer = atoi(text), .bytes = malloc(bytes->length ? bytes->length : 1), .length = bytes->length };
	memcpy(slot.bytes, bytes->bytes, bytes->length);
	free(bytes);
	return slot;
}

static void call(void (*native)(xsMachine *the), char *texts[], int count)
{
	for (int i = 0; i < count; i++)
		gMachine.arguments[i] = slotOf(texts[i]);
	const char *exception = machineNative(native);
	for (int i = 0; i < count; i++)
		free(gMachine.arguments[i].bytes);
	if (exception)
		printf("! %s\n", exception);
	else if (gMachine.result.bytes) {
		printf("= ");
		print(gMachine.result.bytes, gMachine.result.length);
		free(gMachine.result.bytes);
	} else
		printf("= %d\n", gMachine.result.integer);
}

/* The driver receives while XS watches other addresses and reads, or closes the link in the midst of it. How much was read. */
static int flood(Bytes *frame, int count, int isClosing, const char *addresses)
{
	/* Until the link is closed, however slow this thread is. */
	Flood all = { frame, count, isClosing };
	int taken = 0, rounds = 0, wasBusy;
	gMachine.arguments[0] = slotOf(addresses);
	gIsQuiet = 1;
	machineNative(xs_wirelet_link_watch);
	startIn(gDriver, floodIn, &all);
	do {
		wasBusy = isBusy(gDriver);
		machineService();
		machineNative(xs_wirelet_link_watch);
		while (!isClosing && !machineNative(xs_wirelet_link_read) && gMachine.result.bytes) {
			free(gMachine.result.bytes);
			taken++;
		}
		if (isClosing && ++rounds == 20 && gMachine.hostData) {
			xs_wirelet_link_destructor(gMachine.hostData);
			gMachine.hostData = NULL;
			atomic_store(&all.isEndless, 0);
		}
	} while (wasBusy);
	gIsQuiet = 0;
	free(gMachine.arguments[0].bytes);
	return taken;
}

static void receive(void *argument)
{
	Bytes *frame = argument;
	driverReceive(frame->bytes, frame->length);
}

static void execute(const char *name, char *texts[], int count)
{
	for (size_t i = 0; i < sizeof(gNatives) / sizeof(gNatives[0]); i++)
		if (!strcmp(name, gNatives[i].name)) {
			call(gNatives[i].native, texts, count);
			return;
		}
	for (int i = 0; i < kLimits; i++)
		if (!strcmp(name, gLimitNames[i]))
			gLimits[i] = atoi(texts[0]);
	int value = 0;
	Bytes *bytes = parse(count ? texts[0] : "");
	if (!strcmp(name, "interface"))
		lwipMakeInterface(bytes->bytes, atoi(texts[1]));
	else if (!strcmp(name, "taken"))
		gTakenPort = (u16_t)atoi(texts[0]);
	else if (!strcmp(name, "receive"))
		runIn(gDriver, receive, bytes);
	else if (!strcmp(name, "service"))
		value = machineService();
	else if (!strcmp(name, "flood"))
		value = flood(bytes, atoi(texts[1]), atoi(texts[2]), texts[3]);
	else if (!strcmp(name, "close")) {
		xs_wirelet_link_destructor(gMachine.hostData);
		gMachine.hostData = NULL;
	}
	free(bytes);
	printf("= %d\n", value);
}

int main(void)
{
	char line[MAX_LINE];
	lwipStart();
	gDriver = newWorker();
	while (fgets(line, sizeof(line), stdin)) {
		char *texts[MAX_ARGUMENTS], *rest = NULL;
		int count = 0;
		char *name = strtok_r(line, " \n", &rest);
		while (count < MAX_ARGUMENTS && (texts[count] = strtok_r(NULL, " \n", &rest)))
			count++;
		if (name)
			execute(name, texts, count);
		fflush(stdout);
	}
	return 0;
}
