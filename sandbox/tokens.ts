import { randomBytes } from './aes.ts';
import type { Clock } from './clock.ts';

interface Token {
	value: string;
	expires: number;
	/** Which app of the owner's it was given to. */
	holder: string;
}

export type TokenVerdict = 'missing' | 'invalid' | 'expired' | 'ok';
export type Tokens = ReturnType<typeof createTokens>;

/** A secret made by the sandbox; the mark lets the ledger mask it wherever it turns up. */
export const issueSecret = () => `sbxsecret${randomBytes(12).toString('hex')}`;

/** Access tokens per owner (a platform) and holder (an app there). The same token is handed out until `renewBelowMs` of its life is left. */
export function createTokens(clock: Clock) {
	const issued = new Map<string, Map<string, Token>>();
	const of = (owner: string) => issued.get(owner) ?? issued.set(owner, new Map()).get(owner)!;

	return {
		issue(
			owner: string,
			holder: string,
			lifeMs: number,
			options: { prefix?: string; renewBelowMs?: number } = {},
		) {
			const now = clock.now();
			const good = [...of(owner).values()].find(
				(token) => token.holder === holder && token.expires - now > (options.renewBelowMs ?? 0),
			);
			const token = good ?? {
				value: `${options.prefix ?? ''}${issueSecret()}`,
				expires: now + lifeMs,
				holder,
			};
			of(owner).set(token.value, token);
			return { value: token.value, secondsLeft: Math.floor((token.expires - now) / 1000) };
		},
		check(owner: string, value: string | null | undefined): TokenVerdict {
			if (!value) return 'missing';
			const token = of(owner).get(value);
			if (!token) return 'invalid';
			return token.expires > clock.now() ? 'ok' : 'expired';
		},
		/** The app that a token was given to. */
		holder: (owner: string, value: string | null | undefined) => of(owner).get(value ?? '')?.holder,
		/** Platforms may end a token before its time; bots must notice. */
		revoke(owner?: string) {
			if (owner) issued.delete(owner);
			else issued.clear();
		},
	};
}
