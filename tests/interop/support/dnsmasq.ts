/** For a dnsmasq that serves DHCP alone, whatever the machine's own configuration says. */
export const DNSMASQ_OPTIONS = [
  "--no-daemon",
  "--conf-file=/dev/null",
  "--user=root",
  "--pid-file",
  "--port=0",
  "--bind-interfaces",
  "--dhcp-authoritative",
  "--no-ping",
  "--log-dhcp",
] as const;

/** What it says when it serves. */
export const DNSMASQ_SERVES = /DHCP, sockets bound exclusively to interface/;
