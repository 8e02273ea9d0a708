package auth

import (
	"net/netip"
	"strings"
)

// Network is the network that an address belongs to, as the log keeps it:
// enough to see a pattern, too little to find a desk. IPv4 keeps 24 bits, IPv6
// 48; what is no address is "".
func Network(address string) string {
	ip, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	bits := 48
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
