/*
 * What a DHCP client needs of lwIP and its sockets do not give: frames of one's own, datagrams for an address that is not
 * configured yet, and what others say in ARP. All of lwIP is used in its own thread; what arrives there, or in the Wi-Fi
 * driver's, waits in a short queue for XS. docs/native-link.md says of each function that is called here in which header it
 * is, and which lock it wants.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "builtinCommon.h"

#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "lwip/priv/tcpip_priv.h"
#include "lwip/prot/etharp.h"
#include "lwip/prot/ethernet.h"
#include "lwip/udp.h"

/* What waits for XS at most: a DHCP exchange is two messages long, and whoever floods shall not take the memory. */
#define kMaxItems (8)
/* Bytes at most: an Ethernet frame, and the payload of the largest datagram that fits into one. */
#define kMaxFrame (1514)
#define kMaxDatagram (1472)
/* An address that is in use, one that is probed, and a link-local one. */
#define kMaxWatched (4)

/* The first byte of what XS reads. */
enum { kDatagram = 1, kArp = 2 };

typedef struct {
	uint16_t	length;
	uint8_t		bytes[];
} ItemRecord, *Item;

typedef struct {
	xsSlot			obj;
	xsMachine		*the;
	xsSlot			*onReadable;
	struct udp_pcb	*pcb;
	Item			items[kMaxItems];		/* a ring */
	uint32_t		watched[kMaxWatched];	/* in network order; 0: none */
	uint8_t			mac[ETH_HWADDR_LEN];
	uint8_t			firstItem;
	uint8_t			itemCount;
	uint8_t			useCount;				/* whoever may still touch it: XS, a message to XS, a frame in the driver's thread */
	uint8_t			isPosted;
	uint8_t			isClosed;				/* of the thread of XS alone */
} LinkRecord, *Link;

/* lwIP's input functions have no argument of their own, so there is one link; guarded by the critical section. */
static Link gLink;
/* What the interface did with frames before. It stays valid: drivers have no other. Two threads use it, and no lock is common to them. */
static netif_input_fn _Atomic gInput;

static void linkMark(xsMachine *the, void *it, xsMarkRoot markRoot)
{
	Link link = it;
	if (link->onReadable)
		(*markRoot)(the, link->onReadable);
}

void xs_wirelet_link_destructor(void *data);

static const xsHostHooks linkHooks = {
	xs_wirelet_link_destructor,
	linkMark,
	C_NULL
};

static Link linkOf(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&linkHooks);
}

static void linkRelease(Link link)
{
	builtinCriticalSectionBegin();
	uint8_t isLast = 0 == --link->useCount;
	builtinCriticalSectionEnd();
	if (!isLast)
		return;
	while (link->itemCount)
		c_free(link->items[(link->firstItem + --link->itemCount) % kMaxItems]);
	c_free(link);
}

/* In the thread of XS. Calls onReadable; it reads all there is. */
static void linkDeliver(void *the, void *refcon, uint8_t *message, uint16_t messageLength)
{
	Link link = refcon;

	LWIP_UNUSED_ARG(message);
	LWIP_UNUSED_ARG(messageLength);
	builtinCriticalSectionBegin();
	link->isPosted = 0;
	builtinCriticalSectionEnd();
	if (!link->isClosed) {
		xsBeginHost(the);
			xsCallFunction0(xsReference(link->onReadable), link->obj);
		xsEndHost(the);
	}
	linkRelease(link);
}

/* From any thread. Takes the item over. One message is under way to XS at most, however much arrives. */
static void linkQueue(Link link, Item item)
{
	uint8_t isTaken = 0, toPost = 0;

	builtinCriticalSectionBegin();
	if (link->itemCount < kMaxItems) {
		link->items[(link->firstItem + link->itemCount) % kMaxItems] = item;
		link->itemCount += 1;
		isTaken = 1;
	}
	if (!link->isPosted) {
		link->isPosted = 1;
		link->useCount += 1;
		toPost = 1;
	}
	builtinCriticalSectionEnd();

	if (!isTaken)
		c_free(item);
	if (toPost && modMessagePostToMachine(link->the, C_NULL, 0, linkDeliver, link)) {
		builtinCriticalSectionBegin();
		link->isPosted = 0;
		builtinCriticalSectionEnd();
		linkRelease(link);
	}
}

static Item newItem(uint8_t kind, uint16_t length)
{
	Item item = c_malloc(sizeof(ItemRecord) + 1 + length);
	if (item) {
		item->length = 1 + length;
		item->bytes[0] = kind;
	}
	return item;
}

/* In lwIP's thread. The interface is there only once the radio has been started. */
static struct netif *linkInterface(Link link)
{
	struct netif *netif;
	NETIF_FOREACH(netif) {
		if ((ETH_HWADDR_LEN == netif->hwaddr_len) && !c_memcmp(netif->hwaddr, link->mac, ETH_HWADDR_LEN))
			return netif;
	}
	return C_NULL;
}

/* In the critical section. */
static uint8_t isWatched(Link link, uint32_t address)
{
	for (int i = 0; i < kMaxWatched; i++) {
		if (address && (link->watched[i] == address))
			return 1;
	}
	return 0;
}

/* Whether the ARP packet says that another host uses a watched address, or probes for it (RFC 5227). */
static uint8_t isClaim(Link link, const struct etharp_hdr *arp)
{
	uint32_t sender, target;
	c_memcpy(&sender, &arp->sipaddr, sizeof(sender));
	c_memcpy(&target, &arp->dipaddr, sizeof(target));
	if (!c_memcmp(&arp->shwaddr, link->mac, ETH_HWADDR_LEN))
		return 0;
	return isWatched(link, sender) || (!sender && isWatched(link, target));
}

/*
 * In the driver's thread, for each frame before lwIP gets it. The frame stays lwIP's. ESP-IDF's drivers hand over each in one
 * piece; of one in pieces only the first is looked at.
 */
static err_t linkInput(struct pbuf *p, struct netif *netif)
{
	const struct eth_hdr *frame = p->payload;
	const struct etharp_hdr *arp = (const struct etharp_hdr *)((const uint8_t *)p->payload + SIZEOF_ETH_HDR);
	netif_input_fn input = gInput;
	Link link;
	Item item;

	if ((p->len < SIZEOF_ETH_HDR + SIZEOF_ETHARP_HDR) || (PP_HTONS(ETHTYPE_ARP) != frame->type))
		return input(p, netif);

	builtinCriticalSectionBegin();
	link = gLink;
	if (link && !c_memcmp(netif->hwaddr, link->mac, ETH_HWADDR_LEN) && isClaim(link, arp))
		link->useCount += 1;
	else
		link = C_NULL;
	builtinCriticalSectionEnd();

	if (link) {
		item = newItem(kArp, SIZEOF_ETHARP_HDR);
		if (item) {
			c_memcpy(item->bytes + 1, arp, SIZEOF_ETHARP_HDR);
			linkQueue(link, item);
		}
		linkRelease(link);
	}
	return input(p, netif);
}

/* In lwIP's thread. */
static void linkReceive(void *refcon, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address, u16_t port)
{
	Link link = refcon;

	LWIP_UNUSED_ARG(pcb);
	if ((p->tot_len <= kMaxDatagram) && !c_memcmp(ip_current_input_netif()->hwaddr, link->mac, ETH_HWADDR_LEN)) {
		Item item = newItem(kDatagram, 6 + p->tot_len);
		if (item) {
			uint32_t source = ip4_addr_get_u32(ip_2_ip4(address));
			c_memcpy(item->bytes + 1, &source, 4);
			item->bytes[5] = port >> 8;
			item->bytes[6] = (uint8_t)port;
			pbuf_copy_partial(p, item->bytes + 7, p->tot_len, 0);
			linkQueue(link, item);
		}
	}
	pbuf_free(p);
}

/* What lwIP is asked to do, in its thread. */
typedef struct {
	struct tcpip_api_call_data	call;
	Link						link;
	const uint8_t				*bytes;
	uint32_t					length;
	ip_addr_t					destination;
	ip_addr_t					source;
	uint16_t					port;
} RequestRecord, *Request;

static xsBooleanValue linkCall(err_t (*function)(struct tcpip_api_call_data *), Request request)
{
	return ERR_OK == tcpip_api_call(function, &request->call);
}

static void unbind(Link link)
{
	if (link->pcb)
		udp_remove(link->pcb);
	link->pcb = C_NULL;
}

static err_t bindInLwip(struct tcpip_api_call_data *call)
{
	Request request = (Request)call;
	Link link = request->link;
	err_t err;

	unbind(link);
	link->pcb = udp_new();
	if (!link->pcb)
		return ERR_MEM;
	err = udp_bind(link->pcb, IP4_ADDR_ANY, request->port);
	if (ERR_OK == err)
		udp_recv(link->pcb, linkReceive, link);
	else
		unbind(link);
	return err;
}

static err_t unbindInLwip(struct tcpip_api_call_data *call)
{
	unbind(((Request)call)->link);
	return ERR_OK;
}

/* In one piece, as ESP-IDF's drivers send it without a copy. */
static struct pbuf *newPacket(pbuf_layer layer, Request request)
{
	struct pbuf *p = (request->length <= kMaxFrame) ? pbuf_alloc(layer, (u16_t)request->length, PBUF_RAM) : C_NULL;
	if (p)
		pbuf_take(p, request->bytes, request->length);
	return p;
}

static err_t sendInLwip(struct tcpip_api_call_data *call)
{
	Request request = (Request)call;
	Link link = request->link;
	struct netif *netif = linkInterface(link);
	struct pbuf *p;
	err_t err;

	if (!netif || !link->pcb)
		return ERR_CONN;
	p = newPacket(PBUF_TRANSPORT, request);
	if (!p)
		return ERR_MEM;
	err = udp_sendto_if_src(link->pcb, p, &request->destination, request->port, netif, &request->source);
	pbuf_free(p);
	return err;
}

static err_t transmitInLwip(struct tcpip_api_call_data *call)
{
	Request request = (Request)call;
	struct netif *netif = linkInterface(request->link);
	struct pbuf *p;
	err_t err;

	if (!netif || !netif_is_up(netif) || !netif_is_link_up(netif))
		return ERR_CONN;
	p = newPacket(PBUF_RAW, request);
	if (!p)
		return ERR_MEM;
	err = netif->linkoutput(netif, p);
	pbuf_free(p);
	return err;
}

static err_t watchInLwip(struct tcpip_api_call_data *call)
{
	Request request = (Request)call;
	Link link = request->link;
	struct netif *netif = linkInterface(link);

	builtinCriticalSectionBegin();
	c_memset(link->watched, 0, sizeof(link->watched));
	c_memcpy(link->watched, request->bytes, request->length);
	builtinCriticalSectionEnd();

	if (!netif)
		return ERR_CONN;
	if (netif->input != linkInput) {
		gInput = netif->input;
		netif->input = linkInput;
	}
	return ERR_OK;
}

static err_t closeInLwip(struct tcpip_api_call_data *call)
{
	Link link = ((Request)call)->link;
	struct netif *netif = linkInterface(link);

	unbind(link);
	if (netif && (netif->input == linkInput))
		netif->input = gInput;
	return ERR_OK;
}

static err_t setDnsInLwip(struct tcpip_api_call_data *call)
{
	Request request = (Request)call;

	for (uint32_t i = 0; (i < DNS_MAX_SERVERS) && ((i + 1) * 4 <= request->length); i++) {
		uint32_t address;
		ip_addr_t server;
		c_memcpy(&address, request->bytes + i * 4, sizeof(address));
		ip_addr_set_ip4_u32_val(server, address);
		dns_setserver(i, &server);
	}
	return ERR_OK;
}

void xs_wirelet_link(xsMachine *the)
{
	void *mac;
	xsUnsignedValue length;
	xsSlot *onReadable = builtinGetCallback(the, xsID_onReadable);
	Link link;

	if (gLink)
		xsUnknownError("there is a link already");
	if (!onReadable)
		xsUnknownError("onReadable is missing");
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_mac);
	xsmcGetBufferReadable(xsVar(0), &mac, &length);
	if (ETH_HWADDR_LEN != length)
		xsRangeError("invalid mac");

	link = c_calloc(1, sizeof(LinkRecord));
	if (!link)
		xsUnknownError("no memory");
	c_memcpy(link->mac, mac, ETH_HWADDR_LEN);
	link->the = the;
	link->obj = xsThis;
	link->onReadable = onReadable;
	link->useCount = 1;
	xsmcSetHostData(xsThis, link);
	xsSetHostHooks(xsThis, &linkHooks);
	xsRemember(link->obj);

	builtinCriticalSectionBegin();
	gLink = link;
	builtinCriticalSectionEnd();
}

void xs_wirelet_link_destructor(void *data)
{
	Link link = data;
	RequestRecord request = { .link = link };

	if (!link)
		return;
	builtinCriticalSectionBegin();
	gLink = C_NULL;
	builtinCriticalSectionEnd();
	link->isClosed = 1;
	linkCall(closeInLwip, &request);
	linkRelease(link);
}

void xs_wirelet_link_bind(xsMachine *the)
{
	RequestRecord request = { .link = linkOf(the), .port = xsmcToInteger(xsArg(0)) };
	xsmcSetBoolean(xsResult, linkCall(bindInLwip, &request));
}

void xs_wirelet_link_unbind(xsMachine *the)
{
	RequestRecord request = { .link = linkOf(the) };
	linkCall(unbindInLwip, &request);
}

static void getBytes(xsMachine *the, int argument, Request request)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(argument), &bytes, &length);
	request->bytes = bytes;
	request->length = length;
}

static void getAddress(xsMachine *the, int argument, ip_addr_t *address)
{
	void *bytes;
	xsUnsignedValue length;
	uint32_t value;
	xsmcGetBufferReadable(xsArg(argument), &bytes, &length);
	if (sizeof(value) != length)
		xsRangeError("invalid address");
	c_memcpy(&value, bytes, sizeof(value));
	ip_addr_set_ip4_u32_val(*address, value);
}

void xs_wirelet_link_send(xsMachine *the)
{
	RequestRecord request = { .link = linkOf(the), .port = xsmcToInteger(xsArg(2)) };
	getAddress(the, 1, &request.destination);
	getAddress(the, 3, &request.source);
	getBytes(the, 0, &request);
	xsmcSetBoolean(xsResult, linkCall(sendInLwip, &request));
}

void xs_wirelet_link_transmit(xsMachine *the)
{
	RequestRecord request = { .link = linkOf(the) };
	getBytes(the, 0, &request);
	xsmcSetBoolean(xsResult, linkCall(transmitInLwip, &request));
}

void xs_wirelet_link_watch(xsMachine *the)
{
	RequestRecord request = { .link = linkOf(the) };
	getBytes(the, 0, &request);
	if (request.length > sizeof(request.link->watched))
		xsRangeError("too many addresses");
	xsmcSetBoolean(xsResult, linkCall(watchInLwip, &request));
}

void xs_wirelet_link_read(xsMachine *the)
{
	Link link = linkOf(the);
	Item item;

	builtinCriticalSectionBegin();
	item = link->itemCount ? link->items[link->firstItem] : C_NULL;
	builtinCriticalSectionEnd();
	if (!item)
		return;

	/* It throws if XS has no memory: then the item is still the first of the queue, from which nobody else takes. */
	xsmcSetArrayBuffer(xsResult, item->bytes, item->length);
	builtinCriticalSectionBegin();
	link->firstItem = (link->firstItem + 1) % kMaxItems;
	link->itemCount -= 1;
	builtinCriticalSectionEnd();
	c_free(item);
}

void xs_wirelet_link_set_dns(xsMachine *the)
{
	RequestRecord request = { .link = linkOf(the) };
	getBytes(the, 0, &request);
	linkCall(setDnsInLwip, &request);
}
