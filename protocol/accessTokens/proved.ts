import { decide, liveGrants, type Decision, type Found } from './decide';
import { MAX_GRANTS } from './grants';
import type { TokenRequest } from './request';
import { isRecent } from './standing';

/**
 * Keys that proved themselves a moment ago. A client that exchanges its key again and again would have the same
 * row looked up each time; only what is granted has to be written each time.
 */
export class ProvedKeys {
	private readonly known = new Map<string, { row: unknown; room: number; since: number }>();

	/** After a grant: the tables as they were just read. */
	remember(keyId: string, { key, grants }: Found, now: number): void {
		for (const [id, { since }] of this.known) if (!isRecent(since, now)) this.known.delete(id);
		const room = MAX_GRANTS - liveGrants(grants, now) - 1;
		this.known.set(keyId, { row: key, room, since: now });
	}

	/** What is granted by memory; undefined for what the tables have to decide, every refusal among it. */
	decide(request: TokenRequest, now: number): Decision | undefined {
		if (request.kind !== 'exchange') return undefined;
		const known = this.known.get(request.keyId);
		if (!known || !isRecent(known.since, now) || known.room <= 0) return undefined;
		const decision = decide(request, { key: known.row, grants: [] }, now);
		if (!decision.insert) return undefined;
		known.room--;
		return decision;
	}
}
