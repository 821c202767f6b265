import type { ApiKeyRow } from '../../../core/accessTokens/apiKeys';
import { decide } from '../../../core/accessTokens/decide';
import { readTokenRequest } from '../../../core/accessTokens/request';
import type { Change } from '../../../core/keyRotation/apiKeys';
import { answerPage, afterTrial, type KeyPageOutcome } from '../../../core/keyRotation/page';
import { readTrial } from '../../../core/keyRotation/trial';

export const CSRF = 'a'.repeat(64);
export const START = Date.parse('2026-03-02T08:00:00Z');

type Body = Record<string, string | string[]>;

/** The table `clawbot_api_keys` with a clock, written and read as the workflows do. */
export class KeyTable {
	readonly rows: ApiKeyRow[] = [];
	now = START;

	/** Where a page is answered that changes something: what is written, one write at a time. */
	private writes(outcome: KeyPageOutcome): Array<() => void> {
		return outcome.decision.changes.map((change) => () => this.write(change));
	}

	private write({ keyId, was, status, expiresAtMs }: Change): void {
		const row = this.rows.find((each) => each.keyId === keyId && each.status === was);
		if (row) Object.assign(row, { status, expiresAtMs });
	}

	/** Whether the token endpoint takes the key now. */
	takes(keyAndSecret: string): boolean {
		const [client_id, client_secret] = keyAndSecret.split(':');
		const request = readTokenRequest(
			{ grant_type: 'client_credentials', client_id, client_secret },
			'',
		);
		if (!('kind' in request)) throw new Error('No request for a token');
		const key = this.rows.find(({ keyId }) => keyId === client_id);
		return decide(request, { key, grants: [] }, this.now).insert !== undefined;
	}

	/**
	 * A form is sent; `pause` is called before each write and after the last. It may break off by throwing.
	 * @returns the page, and key and secret where it shows a new one
	 */
	send(body: Body, pause: () => void = () => {}): { status: number; html: string; key?: string } {
		const counting = { now: this.now, timezone: 'Asia/Shanghai' };
		const tables = { apiKeys: structuredClone(this.rows), keys: [] };
		const asked = { body: { csrf: CSRF, ...body }, user: '李强' };
		const answer = answerPage(tables, asked, { ...counting, csrf: CSRF });
		if ('decision' in answer) return this.save(answer, pause);
		if ('page' in answer) return answer.page;
		const { trial, secret } = answer.proposal;
		pause();
		this.rows.push(trial);
		pause();
		const works = this.takes(`${trial.keyId}:${secret}`);
		const tried = readTrial(
			works ? { statusCode: 200, body: { access_token: 'x' } } : { statusCode: 401 },
		);
		const outcome = afterTrial(answer.proposal, tried, { ...counting, now: this.now });
		return this.save(outcome, pause);
	}

	private save(
		outcome: KeyPageOutcome,
		pause: () => void,
	): { status: number; html: string; key?: string } {
		for (const write of this.writes(outcome)) {
			pause();
			write();
		}
		pause();
		const [, key] = /<pre>(ck_[^<]+)<\/pre>/.exec(outcome.page.html) ?? [];
		return { ...outcome.page, key };
	}

	/** What the forms of a client carry now. */
	form(action: string, client = '报表系统', more: Body = {}): Body {
		const list = this.send({});
		const seen = [
			...list.html.matchAll(
				/name="client" value="([^"]*)" *\/>\s*<input[^>]*name="seen" value="([^"]*)"/g,
			),
		];
		const [, , value] = seen.find(([, name]) => name === client) ?? [];
		return { action, client, seen: value ?? '', ...more };
	}

	make(client = '报表系统', scopes: string[] = ['message:send']): string {
		const { key, html } = this.send({ action: 'make', client, scopes });
		if (!key) throw new Error(html);
		return key;
	}
}
