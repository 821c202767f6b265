import type { OperationsNotification } from '../../../core/common/notification';
import { newApiKey, type ApiKeyRow } from '../../../core/accessTokens/apiKeys';
import { admit } from '../../../core/accessTokens/admit';
import type { TokenAnswer } from '../../../core/accessTokens/answers';
import { decide } from '../../../core/accessTokens/decide';
import type { GrantRow } from '../../../core/accessTokens/grants';
import { issue } from '../../../core/accessTokens/issue';
import { verifyToken, type TokenPayload } from '../../../core/accessTokens/jwt';
import {
	readRevocation,
	readTokenRequest,
	type TokenRequest,
} from '../../../core/accessTokens/request';

const SIGNING = { kid: 'k', secret: 'x'.repeat(32) };
const DOMAIN = { issuer: 'clawbot', audience: 'clawbot-robot-api' };
export const START = Date.parse('2026-11-22T12:00:00Z');
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export interface Tokens {
	access_token: string;
	refresh_token: string;
	expires_in: number;
	scope: string;
}

/** The workflow without n8n: its tables, and the steps between a request and its answer. */
export class Service {
	now = START;
	keys = new Map<string, ApiKeyRow>();
	grants = new Map<string, GrantRow>();
	notifications: OperationsNotification[] = [];
	/** A negative control: whoever comes writes. */
	careless = false;

	addKey(client = 'crm', scopes = 'message:send question:ask'): { id: string; secret: string } {
		const { row, secret } = newApiKey(client, [], { now: this.now });
		this.keys.set(row.keyId, { ...row, scopes });
		return { id: row.keyId, secret };
	}

	setKey(id: string, fields: Partial<ApiKeyRow>): void {
		this.keys.set(id, { ...this.keys.get(id)!, ...fields });
	}

	/** @param meanwhile happens between reading the tables and saving */
	ask(body: object, meanwhile = (): void => {}, authorization?: string): TokenAnswer {
		const request = readTokenRequest(body, authorization);
		return 'status' in request ? request : this.carryOut(request, meanwhile);
	}

	revoke(token: string): TokenAnswer {
		const request = readRevocation({ token }, (access) => this.read(access)?.grantId);
		return request ? this.carryOut(request) : { status: 200, body: {} };
	}

	private carryOut(request: TokenRequest, meanwhile = (): void => {}): TokenAnswer {
		const shown = request.kind === 'refresh' ? request.shown.grantId : undefined;
		const grantId = request.kind === 'revoke' ? request.grantId : shown;
		const own = request.kind === 'exchange' ? request.keyId : undefined;
		const grants = [...this.grants.values()].filter(
			(grant) => grant.grantId === grantId || grant.keyId === own,
		);
		const key = this.keys.get(own ?? grants[0]?.keyId ?? '-') ?? {};
		const { insert, change, answer } = decide(request, { key, grants }, this.now);
		if (answer) return answer;
		meanwhile();
		let saved: GrantRow | object = {};
		if (insert) {
			this.grants.set(insert.grantId, insert);
			saved = insert;
		} else if (change) {
			const before = this.grants.get(change.row.grantId)!;
			const stands = [before.refreshHash, '%'].includes(change.expected);
			if (this.careless || (before.status === 'active' && stands)) {
				this.grants.set(before.grantId, change.row);
				saved = change.row;
			}
		}
		const issued = issue(request, saved, { key: SIGNING, domain: DOMAIN, now: this.now });
		if (issued.notification) this.notifications.push(issued.notification);
		return issued.answer;
	}

	exchange(key: { id: string; secret: string }, more: object = {}): Tokens {
		const answer = this.ask({
			grant_type: 'client_credentials',
			client_id: key.id,
			client_secret: key.secret,
			...more,
		});
		expect(answer.status).toBe(200);
		return answer.body as Tokens;
	}

	refresh(token: string, meanwhile?: () => void): TokenAnswer {
		return this.ask({ grant_type: 'refresh_token', refresh_token: token }, meanwhile);
	}

	refreshed(token: string): Tokens {
		const answer = this.refresh(token);
		expect(answer.status).toBe(200);
		return answer.body as Tokens;
	}

	private read(token: string): TokenPayload | undefined {
		try {
			return verifyToken(token, [SIGNING], DOMAIN, this.now);
		} catch {
			return undefined;
		}
	}

	/** Scopes of whoever shows a token; undefined where it is refused. */
	admitted(token: string): string[] | undefined {
		const claims = this.read(token);
		if (!claims) return undefined;
		const found = { key: this.keys.get(claims.keyId), grant: this.grants.get(claims.grantId) };
		return admit(claims, found)?.scopes;
	}
}
