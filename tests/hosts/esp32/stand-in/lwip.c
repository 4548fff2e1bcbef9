/* lwIP as far as native-link.c needs it: one interface, UDP to its ports, and a thread that everything belongs to. */
#include <stdio.h>
#include "world.h"

struct udp_pcb { u16_t port; udp_recv_fn recv; void *argument; };

struct netif *netif_list;
const ip_addr_t ip_addr_any;
u16_t gTakenPort;

static Worker gLwip;
static struct netif gInterface;
static struct udp_pcb *gPcb;

/* lwIP's own check of this is LWIP_ASSERT_CORE_LOCKED, which ESP-IDF turns on with CONFIG_LWIP_CHECK_THREAD_SAFETY. */
static void inLwip(const char *function)
{
	if (isIn(gLwip))
		return;
	fprintf(stderr, "%s outside of lwIP's thread\n", function);
	abort();
}

struct pbuf *pbuf_alloc(pbuf_layer layer, u16_t length, pbuf_type type)
{
	LWIP_UNUSED_ARG(layer);
	LWIP_UNUSED_ARG(type);
	if (!take(kPbufs))
		return NULL;
	struct pbuf *p = calloc(1, sizeof(struct pbuf));
	/* Of exactly this size, so that whoever goes beyond it is found out. */
	p->payload = malloc(length ? length : 1);
	p->len = p->tot_len = length;
	return p;
}

u8_t pbuf_free(struct pbuf *p)
{
	u8_t count = 0;
	while (p) {
		struct pbuf *next = p->next;
		free(p->payload);
		free(p);
		p = next;
		count++;
	}
	return count;
}

err_t pbuf_take(struct pbuf *buf, const void *dataptr, u16_t len)
{
	if (len > buf->tot_len)
		return ERR_MEM;
	memcpy(buf->payload, dataptr, len);
	return ERR_OK;
}

u16_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, u16_t len, u16_t offset)
{
	u16_t copied = 0;
	for (; p && copied < len; p = p->next) {
		u16_t count = (u16_t)(p->len - offset) < len - copied ? (u16_t)(p->len - offset) : (u16_t)(len - copied);
		memcpy((u8_t *)dataptr + copied, (u8_t *)p->payload + offset, count);
		copied += count;
		offset = 0;
	}
	return copied;
}

struct netif *ip_current_input_netif(void)
{
	inLwip("ip_current_input_netif");
	return &gInterface;
}

struct udp_pcb *udp_new(void)
{
	inLwip("udp_new");
	return take(kPcbs) ? calloc(1, sizeof(struct udp_pcb)) : NULL;
}

void udp_remove(struct udp_pcb *pcb)
{
	inLwip("udp_remove");
	if (gPcb == pcb)
		gPcb = NULL;
	free(pcb);
}

err_t udp_bind(struct udp_pcb *pcb, const ip_addr_t *ipaddr, u16_t port)
{
	inLwip("udp_bind");
	LWIP_UNUSED_ARG(ipaddr);
	if (port == gTakenPort)
		return ERR_USE;
	pcb->port = port;
	gPcb = pcb;
	return ERR_OK;
}

void udp_recv(struct udp_pcb *pcb, udp_recv_fn recv, void *recv_arg)
{
	inLwip("udp_recv");
	pcb->recv = recv;
	pcb->argument = recv_arg;
}

err_t udp_sendto_if_src(struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *dst_ip, u16_t dst_port,
	struct netif *netif, const ip_addr_t *src_ip)
{
	inLwip("udp_sendto_if_src");
	if (netif != netif_list)
		return ERR_RTE;
	u8_t head[12] = { (u8_t)(pcb->port >> 8), (u8_t)pcb->port, (u8_t)(dst_port >> 8), (u8_t)dst_port };
	memcpy(head + 4, &src_ip->u_addr.ip4, 4);
	memcpy(head + 8, &dst_ip->u_addr.ip4, 4);
	tell("datagram-head", head, sizeof(head));
	tell("datagram", p->payload, p->len);
	return ERR_OK;
}

void dns_setserver(u8_t numdns, const ip_addr_t *dnsserver)
{
	inLwip("dns_setserver");
	if (numdns >= DNS_MAX_SERVERS)
		abort();
	tell("dns", &dnsserver->u_addr.ip4, 4);
}

typedef struct { tcpip_api_call_fn fn; struct tcpip_api_call_data *call; err_t err; } ApiCall;

static void doApiCall(void *argument)
{
	ApiCall *apiCall = argument;
	apiCall->err = apiCall->fn(apiCall->call);
}

err_t tcpip_api_call(tcpip_api_call_fn fn, struct tcpip_api_call_data *call)
{
	ApiCall apiCall = { fn, call, ERR_OK };
	runIn(gLwip, doApiCall, &apiCall);
	return apiCall.err;
}

/* In two pieces: lwIP gives the payload of a datagram as the pieces that it has. */
static struct pbuf *payloadOf(const u8_t *bytes, u16_t length)
{
	u16_t half = length / 2;
	struct pbuf *first = pbuf_alloc(PBUF_RAW, half, PBUF_RAM);
	struct pbuf *second = pbuf_alloc(PBUF_RAW, (u16_t)(length - half), PBUF_RAM);
	pbuf_take(first, bytes, half);
	pbuf_take(second, bytes + half, (u16_t)(length - half));
	first->next = second;
	first->tot_len = length;
	return first;
}

/* IPv4 without options, and UDP to the bound port, whatever the destination address: as lwIP does for port 68. */
static void lwipReceive(void *argument)
{
	struct pbuf *p = argument;
	const u8_t *frame = p->payload;
	int isUdp = p->len >= 42 && frame[12] == 8 && frame[13] == 0 && frame[14] == 0x45 && frame[23] == 17;
	if (isUdp && gPcb && gPcb->recv && ((frame[36] << 8) | frame[37]) == gPcb->port) {
		ip_addr_t source = { 0 };
		memcpy(&source.u_addr.ip4, frame + 26, 4);
		u16_t length = (u16_t)(((frame[38] << 8) | frame[39]) - 8);
		gPcb->recv(gPcb->argument, gPcb, payloadOf(frame + 42, length), &source, (u16_t)((frame[34] << 8) | frame[35]));
	} else {
		tell("lwip", frame, p->len);
	}
	pbuf_free(p);
}

/* As tcpip_input: from any thread, and the frame is lwIP's then. */
static err_t lwipInput(struct pbuf *p, struct netif *netif)
{
	LWIP_UNUSED_ARG(netif);
	runIn(gLwip, lwipReceive, p);
	return ERR_OK;
}

static err_t linkOutput(struct netif *netif, struct pbuf *p)
{
	inLwip("linkoutput");
	LWIP_UNUSED_ARG(netif);
	tell("frame", p->payload, p->len);
	return ERR_OK;
}

/* Drivers read it without any lock, as a pointer is read at once on the chips. */
__attribute__((no_sanitize("thread"))) static netif_input_fn inputOf(struct netif *netif)
{
	return netif->input;
}

void driverReceive(const u8_t *frame, u16_t length)
{
	struct pbuf *p = pbuf_alloc(PBUF_RAW, length, PBUF_RAM);
	pbuf_take(p, frame, length);
	inputOf(&gInterface)(p, &gInterface);
}

typedef struct { const u8_t *mac; int isLinkUp; } MakeInterface;

static void makeInterface(void *argument)
{
	MakeInterface *make = argument;
	gInterface.input = lwipInput;
	gInterface.linkoutput = linkOutput;
	gInterface.hwaddr_len = ETH_HWADDR_LEN;
	memcpy(gInterface.hwaddr, make->mac, ETH_HWADDR_LEN);
	gInterface.flags = NETIF_FLAG_UP | (make->isLinkUp ? NETIF_FLAG_LINK_UP : 0);
	netif_list = &gInterface;
}

void lwipMakeInterface(const u8_t *mac, int isLinkUp)
{
	MakeInterface make = { mac, isLinkUp };
	runIn(gLwip, makeInterface, &make);
}

void lwipStart(void)
{
	gLwip = newWorker();
}
