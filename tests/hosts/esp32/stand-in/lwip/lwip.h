/*
 * lwIP's types and functions as far as native-link.c uses them, with the names and signatures of lwIP's published headers
 * (2.1 and 2.2 have the same). The headers beside this one are those that declare them there; all come here.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8_t;
typedef uint16_t u16_t;
typedef uint32_t u32_t;
typedef int8_t err_t;

enum { ERR_OK = 0, ERR_MEM = -1, ERR_BUF = -2, ERR_RTE = -4, ERR_USE = -8, ERR_CONN = -11 };

#define LWIP_UNUSED_ARG(x) (void)x
#define PP_HTONS(x) ((u16_t)((((x) & 0xff) << 8) | (((x) & 0xff00) >> 8)))
#define DNS_MAX_SERVERS 3

/* lwip/ip_addr.h, with IPv6 beside IPv4, as ESP-IDF configures it. */
typedef struct { u32_t addr; } ip4_addr_t;
typedef struct { union { u32_t ip6[4]; ip4_addr_t ip4; } u_addr; u8_t type; } ip_addr_t;
extern const ip_addr_t ip_addr_any;
#define IP4_ADDR_ANY (&ip_addr_any)
#define ip_2_ip4(ipaddr) (&((ipaddr)->u_addr.ip4))
#define ip4_addr_get_u32(src_ipaddr) ((src_ipaddr)->addr)
#define ip_addr_set_ip4_u32_val(ipaddr, val) do { (ipaddr).u_addr.ip4.addr = (val); (ipaddr).type = 0; } while (0)

/* lwip/pbuf.h */
typedef enum { PBUF_TRANSPORT, PBUF_RAW } pbuf_layer;
typedef enum { PBUF_RAM } pbuf_type;
struct pbuf { struct pbuf *next; void *payload; u16_t tot_len; u16_t len; };
struct pbuf *pbuf_alloc(pbuf_layer layer, u16_t length, pbuf_type type);
u8_t pbuf_free(struct pbuf *p);
err_t pbuf_take(struct pbuf *buf, const void *dataptr, u16_t len);
u16_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, u16_t len, u16_t offset);

/* lwip/prot/ethernet.h, lwip/prot/etharp.h */
#define ETH_HWADDR_LEN 6
#define SIZEOF_ETH_HDR 14
#define SIZEOF_ETHARP_HDR 28
#define ETHTYPE_ARP 0x0806U
struct eth_addr { u8_t addr[ETH_HWADDR_LEN]; } __attribute__((packed));
struct eth_hdr { struct eth_addr dest; struct eth_addr src; u16_t type; } __attribute__((packed));
struct ip4_addr_wordaligned { u16_t addrw[2]; } __attribute__((packed));
struct etharp_hdr {
	u16_t hwtype, proto;
	u8_t hwlen, protolen;
	u16_t opcode;
	struct eth_addr shwaddr;
	struct ip4_addr_wordaligned sipaddr;
	struct eth_addr dhwaddr;
	struct ip4_addr_wordaligned dipaddr;
} __attribute__((packed));

/* lwip/netif.h */
struct netif;
typedef err_t (*netif_input_fn)(struct pbuf *p, struct netif *inp);
typedef err_t (*netif_linkoutput_fn)(struct netif *netif, struct pbuf *p);
struct netif {
	struct netif *next;
	netif_input_fn input;
	netif_linkoutput_fn linkoutput;
	u8_t hwaddr[ETH_HWADDR_LEN];
	u8_t hwaddr_len;
	u8_t flags;
};
#define NETIF_FLAG_UP 0x01U
#define NETIF_FLAG_LINK_UP 0x04U
#define netif_is_up(netif) (((netif)->flags & NETIF_FLAG_UP) ? (u8_t)1 : (u8_t)0)
#define netif_is_link_up(netif) (((netif)->flags & NETIF_FLAG_LINK_UP) ? (u8_t)1 : (u8_t)0)
extern struct netif *netif_list;
#define NETIF_FOREACH(netif) for ((netif) = netif_list; (netif) != NULL; (netif) = (netif)->next)

/* lwip/ip.h */
struct netif *ip_current_input_netif(void);

/* lwip/udp.h */
struct udp_pcb;
typedef void (*udp_recv_fn)(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *addr, u16_t port);
struct udp_pcb *udp_new(void);
void udp_remove(struct udp_pcb *pcb);
err_t udp_bind(struct udp_pcb *pcb, const ip_addr_t *ipaddr, u16_t port);
void udp_recv(struct udp_pcb *pcb, udp_recv_fn recv, void *recv_arg);
err_t udp_sendto_if_src(struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *dst_ip, u16_t dst_port,
	struct netif *netif, const ip_addr_t *src_ip);

/* lwip/dns.h */
void dns_setserver(u8_t numdns, const ip_addr_t *dnsserver);

/* lwip/priv/tcpip_priv.h */
struct tcpip_api_call_data { err_t err; };
typedef err_t (*tcpip_api_call_fn)(struct tcpip_api_call_data *call);
err_t tcpip_api_call(tcpip_api_call_fn fn, struct tcpip_api_call_data *call);
