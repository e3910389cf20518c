// SPDX-License-Identifier: GPL-2.0
// A toa module for test hosts: applications on IPv4 TCP listeners learn the visitor's address from TCP option 254.
//
// Return probes on two kernel functions do it, so nothing in the kernel is overwritten:
// - tcp_v4_syn_recv_sock() makes a connection's socket from the packet that ends the handshake (with deferred accept:
//   the first data segment). If that packet carries the option, its content is kept in the new socket.
// - inet_getname() answers accept() and getpeername() on IPv4 sockets. If the socket holds a visitor, that is the answer.
// Connections that an IPv6 listener accepts pass through the first function as well and are left alone.
//
// Counters: /proc/net/toa_stats, one row each, one column per CPU.
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#define pr_toa(format) printk(KERN_INFO "TOA: " format "\n")

enum { OPTION_KIND = 254, OPTION_LENGTH = 8 };

enum row { SYN_TOA, SYN_NO_TOA, NAME_OK, NAME_MISMATCH, NAME_BYPASS, NAME_EMPTY, ROWS };
static const char *const row_names[ROWS] = {
	"syn_recv_sock_toa", "syn_recv_sock_no_toa", "getname_toa_ok",
	"getname_toa_mismatch", "getname_toa_bypass", "getname_toa_empty",
};

struct counters {
	unsigned long row[ROWS];
};
static DEFINE_PER_CPU(struct counters, counters);

static void count(enum row row)
{
	this_cpu_inc(counters.row[row]);
}

// A visitor is kept in the socket's sk_user_data, which TCP sockets of applications leave unused:
// the mark, the port and the address, high to low, each as on the wire. The lowest byte stays 0, since the kernel
// keeps flags in the lowest bits.
#define MARK ((u64)OPTION_KIND << 56)
#define MARK_MASK ((u64)0xff << 56 | 0xff)

static u64 pack(const u8 *port_and_address)
{
	u64 value = MARK;
	int i;

	for (i = 0; i < 6; i++)
		value |= (u64)port_and_address[i] << (48 - 8 * i);
	return value;
}

static __be16 packed_port(u64 value)
{
	return htons(value >> 40 & 0xffff);
}

static __be32 packed_address(u64 value)
{
	return htonl(value >> 8 & 0xffffffff);
}

// What a socket calls on new data unless somebody has taken it over.
static void (*usual_data_ready)(struct sock *sk);

// The option's content in a packet's TCP header, packed; 0 if it has none.
static u64 visitor_of(struct sk_buff *skb)
{
	const struct tcphdr *header = tcp_hdr(skb);
	const u8 *option = (const u8 *)(header + 1);
	int left = header->doff * 4 - sizeof(*header);

	while (left > 0) {
		int length;

		if (option[0] == TCPOPT_EOL)
			return 0;
		if (option[0] == TCPOPT_NOP) {
			option++;
			left--;
			continue;
		}
		if (left < 2)
			return 0;
		length = option[1];
		if (length < 2 || length > left)
			return 0;
		if (option[0] == OPTION_KIND && length == OPTION_LENGTH)
			return pack(option + 2);
		option += length;
		left -= length;
	}
	return 0;
}

// struct sock *tcp_v4_syn_recv_sock(const struct sock *listener, struct sk_buff *skb, …)
struct accepting {
	u64 visitor;
	bool ipv4;
};

static int accept_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct accepting *call = (struct accepting *)instance->data;
	const struct sock *listener = (const struct sock *)regs_get_kernel_argument(regs, 0);

	call->ipv4 = listener->sk_family == AF_INET;
	call->visitor = call->ipv4 ? visitor_of((struct sk_buff *)regs_get_kernel_argument(regs, 1)) : 0;
	return 0;
}

static int accept_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const struct accepting *call = (const struct accepting *)instance->data;
	struct sock *sk = (struct sock *)regs_return_value(regs);

	if (!sk || !call->ipv4)
		return 0;
	if (call->visitor && !sk->sk_user_data) {
		WRITE_ONCE(sk->sk_user_data, (void *)(uintptr_t)call->visitor);
		count(SYN_TOA);
	} else {
		count(SYN_NO_TOA);
	}
	return 0;
}

// int inet_getname(struct socket *socket, struct sockaddr *address, int peer): the address's size or an error
struct naming {
	const struct sock *sk;
	struct sockaddr_in *address;
	bool peer;
};

static int name_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct naming *call = (struct naming *)instance->data;

	call->sk = ((const struct socket *)regs_get_kernel_argument(regs, 0))->sk;
	call->address = (struct sockaddr_in *)regs_get_kernel_argument(regs, 1);
	call->peer = (int)regs_get_kernel_argument(regs, 2) != 0;
	return 0;
}

static int name_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const struct naming *call = (const struct naming *)instance->data;
	u64 held;

	if ((long)(int)regs_return_value(regs) < 0 || !call->sk || call->sk->sk_protocol != IPPROTO_TCP)
		return 0;
	held = (u64)(uintptr_t)READ_ONCE(call->sk->sk_user_data);
	if (!held || !call->peer) {
		count(NAME_EMPTY);
	} else if (call->sk->sk_data_ready != usual_data_ready) {
		count(NAME_BYPASS);
	} else if ((held & MARK_MASK) != MARK) {
		count(NAME_MISMATCH);
	} else {
		call->address->sin_port = packed_port(held);
		call->address->sin_addr.s_addr = packed_address(held);
		count(NAME_OK);
	}
	return 0;
}

static struct kretprobe accept_probe = {
	.kp.symbol_name = "tcp_v4_syn_recv_sock",
	.entry_handler = accept_begins,
	.handler = accept_ends,
	.data_size = sizeof(struct accepting),
	.maxactive = 64,
};
static struct kretprobe name_probe = {
	.kp.symbol_name = "inet_getname",
	.entry_handler = name_begins,
	.handler = name_ends,
	.data_size = sizeof(struct naming),
	.maxactive = 64,
};
static struct kretprobe *probes[] = { &accept_probe, &name_probe };

static int show_stats(struct seq_file *file, void *unused)
{
	int row, cpu;

	seq_printf(file, "%-25s", "");
	for_each_possible_cpu(cpu)
		seq_printf(file, " CPU%-10d", cpu);
	seq_putc(file, '\n');
	for (row = 0; row < ROWS; row++) {
		seq_printf(file, "%-25s:", row_names[row]);
		for_each_possible_cpu(cpu)
			seq_printf(file, " %-13lu", per_cpu(counters, cpu).row[row]);
		seq_putc(file, '\n');
	}
	return 0;
}

static int learn_usual_data_ready(void)
{
	struct socket *socket;
	int error = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &socket);

	if (error)
		return error;
	usual_data_ready = socket->sk->sk_data_ready;
	sock_release(socket);
	return 0;
}

static int __init toa_init(void)
{
	int error = learn_usual_data_ready();

	if (error) {
		pr_toa("cannot find sock_def_readable.");
		return error;
	}
	if (!proc_create_net_single("toa_stats", 0444, init_net.proc_net, show_stats, NULL)) {
		pr_toa("cannot create /proc/net/toa_stats.");
		return -ENOMEM;
	}
	error = register_kretprobes(probes, ARRAY_SIZE(probes));
	if (error) {
		pr_toa("cannot hook the accept and getname paths.");
		remove_proc_entry("toa_stats", init_net.proc_net);
		return error;
	}
	pr_toa("toa loaded");
	return 0;
}

static void __exit toa_exit(void)
{
	unregister_kretprobes(probes, ARRAY_SIZE(probes));
	remove_proc_entry("toa_stats", init_net.proc_net);
	pr_toa("toa unloaded");
}

module_init(toa_init);
module_exit(toa_exit);
MODULE_DESCRIPTION("Visitors' addresses from TCP option 254, for test hosts");
MODULE_LICENSE("GPL");
