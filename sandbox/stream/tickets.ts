import type { Clock } from '../clock.ts';
import { issueSecret } from '../tokens.ts';

interface Ticket<Grant> {
	expires: number;
	used: boolean;
	grant: Grant;
}

export type TicketVerdict<Grant> = { grant: Grant } | { refused: string };

const CAPACITY = 10_000;

/** What a gateway hands out: each ticket opens one connection within its life. */
export function createTickets(clock: Clock) {
	let tickets = new Map<string, Ticket<unknown>>();
	return {
		/** @param lifeMs of the sandbox's clock, not scaled */
		issue<Grant>(lifeMs: number, grant: Grant): string {
			const ticket = issueSecret();
			tickets.set(ticket, { expires: clock.now() + lifeMs, used: false, grant });
			if (tickets.size > CAPACITY) tickets.delete(tickets.keys().next().value!);
			return ticket;
		},
		redeem<Grant>(value: string | null): TicketVerdict<Grant> {
			const ticket = tickets.get(value ?? '') as Ticket<Grant> | undefined;
			if (!ticket) return { refused: 'unknown ticket' };
			if (ticket.used) return { refused: 'the ticket has opened a connection before' };
			if (ticket.expires <= clock.now()) return { refused: 'the ticket has expired' };
			ticket.used = true;
			return { grant: ticket.grant };
		},
		reset() {
			tickets = new Map();
		},
	};
}
