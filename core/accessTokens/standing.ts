import type { ApiCaller } from './admit';
import type { TokenPayload } from './jwt';

/** For so long what was found in the tables is taken as read. */
export const STANDS_MS = 5000;

/** Also while the clock is set back: what was read in the future is not recent. */
export const isRecent = (since: number, now: number): boolean =>
	since <= now && now < since + STANDS_MS;

const MAX_REMEMBERED = 10_000;

/** Longer than any look-up takes: one that began before a grant was revoked does not bring its caller back. */
const ENDED_MS = 60_000;

/** Who was admitted a moment ago, by all that the token says. The token itself is verified with every request. */
export class AdmittedCallers {
	private readonly known = new Map<string, { caller: ApiCaller; grantId: string; since: number }>();
	private readonly ended = new Map<string, number>();

	remember(claims: TokenPayload, caller: ApiCaller, now: number): void {
		if (this.ended.has(claims.grantId)) return;
		const own = JSON.stringify(claims);
		// In the order of their time: the first ones are the oldest.
		for (const [id, { since }] of this.known) {
			if (isRecent(since, now) && this.known.size < MAX_REMEMBERED) break;
			this.known.delete(id);
		}
		this.known.delete(own);
		this.known.set(own, { caller, grantId: claims.grantId, since: now });
	}

	/** Undefined for who has to be looked up. */
	callerOf(claims: TokenPayload, now: number): ApiCaller | undefined {
		const found = this.known.get(JSON.stringify(claims));
		return found && isRecent(found.since, now) ? found.caller : undefined;
	}

	/** A grant that was revoked here ends here at once. */
	forget(grantId: string, now: number): void {
		for (const [id, since] of this.ended) if (now - since > ENDED_MS) this.ended.delete(id);
		this.ended.set(grantId, now);
		for (const [id, known] of this.known) if (known.grantId === grantId) this.known.delete(id);
	}
}
