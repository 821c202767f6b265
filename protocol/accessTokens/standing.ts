import type { Caller } from './admit';
import type { AccessClaims } from './jwt';

/** For so long a caller is not looked up again: a busy client would have the same two rows read for each call. */
export const STANDS_MS = 5000;

const MAX_REMEMBERED = 10_000;

/** Who was admitted a moment ago, by all that the token says. The token itself is verified with every request. */
export class Standing {
	private readonly known = new Map<string, { caller: Caller; grantId: string; until: number }>();

	remember(claims: AccessClaims, caller: Caller, now: number): void {
		const own = JSON.stringify(claims);
		// In the order of their time: the first ones are the oldest.
		for (const [id, { until }] of this.known) {
			if (now < until && this.known.size < MAX_REMEMBERED) break;
			this.known.delete(id);
		}
		this.known.delete(own);
		this.known.set(own, { caller, grantId: claims.grantId, until: now + STANDS_MS });
	}

	/** Undefined for who has to be looked up. */
	callerOf(claims: AccessClaims, now: number): Caller | undefined {
		const found = this.known.get(JSON.stringify(claims));
		return found && now < found.until ? found.caller : undefined;
	}

	/** A grant that was revoked here ends here at once. */
	forget(grantId: string): void {
		for (const [id, known] of this.known) if (known.grantId === grantId) this.known.delete(id);
	}
}
