import type { startSystem } from '../../scripts/system/system';
import { until } from './until';

export type System = Awaited<ReturnType<typeof startSystem>>;

/** What the sandbox shows of one delivery to the bot. */
export interface Delivery {
	by?: 'stream' | 'http';
	status: number;
	ms: number;
	refused?: string;
	response: { headers: Record<string, string>; body: string };
}

export interface Answer {
	text: string;
	via: string;
	/** ISO 8601. */
	at: string;
}

/** A signed request; `body` is base64. */
export interface Wire {
	messageId?: string;
	method: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: string;
}

/** A person typing in the sandbox: `bot` and `type` as in `POST /sandbox/say`. */
export interface Said {
	platform: 'dingtalk' | 'feishu' | 'wecom';
	bot?: 'app' | 'aibot' | 'events';
	type?: 'direct' | 'group';
	[field: string]: unknown;
}

/** Every kind of bot that the bundled workflow answers, by what the test is called. */
export const bots: Array<[name: string, said: Said]> = [
	['DingTalk', { platform: 'dingtalk' }],
	['DingTalk in a group', { platform: 'dingtalk', type: 'group' }],
	['Feishu', { platform: 'feishu' }],
	['Feishu in a group', { platform: 'feishu', type: 'group' }],
	['WeCom app', { platform: 'wecom' }],
	['WeCom AI bot', { platform: 'wecom', bot: 'aibot' }],
	['WeCom AI bot in a group', { platform: 'wecom', bot: 'aibot', type: 'group' }],
];

/** The system as its users see it: through the platforms' side of the sandbox and n8n's public API. */
export class World {
	private people = 0;

	constructor(readonly system: System) {}

	async control<T>(method: string, path: string, body?: object): Promise<T> {
		const response = await fetch(`${this.system.sandbox!.origin}/sandbox/${path}`, {
			method,
			...(body && {
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			}),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return (text ? JSON.parse(text) : undefined) as T;
	}

	/** The platforms of all long connections that are open, sorted. */
	async connections(): Promise<string[]> {
		const { connections } = await this.control<{ connections: Array<{ service: string }> }>(
			'GET',
			'connections',
		);
		return connections.map(({ service }) => service).sort();
	}

	/** Waits until the bundled bot's long connections are open. */
	async connected(): Promise<void> {
		await until(
			'a connection to each platform',
			async () => await this.connections(),
			(services) => new Set(services).size === 3,
		);
	}

	/** Somebody new writes; nothing is delivered again by itself. */
	async say(said: Said): Promise<{ messageId: string; deliveries: Delivery[] }> {
		const from = `person${++this.people}`;
		return await this.control('POST', 'say', { from, redeliver: false, ...said });
	}

	/** The platform delivers an earlier message once more, signed anew. */
	async deliverAgain(messageId: string): Promise<Delivery> {
		const body = { messageId };
		const { deliveries } = await this.control<{ deliveries: Delivery[] }>('POST', 'deliver', body);
		return deliveries.at(-1)!;
	}

	async answers(messageId: string): Promise<Answer[]> {
		return await this.control('GET', `answers?messageId=${encodeURIComponent(messageId)}`);
	}

	/** Waits until the person sees an answer, for `ms` at the most. */
	async answered(messageId: string, ms?: number): Promise<Answer[]> {
		return await until(
			`an answer to ${messageId}`,
			async () => await this.answers(messageId),
			({ length }) => length > 0,
			ms,
		);
	}

	/**
	 * Ids of the answering workflow's executions, newest first: others come and go by the clock. Waits until
	 * none is running: n8n does not list those.
	 */
	async executions(): Promise<string[]> {
		const list = async (query: string): Promise<string[]> => {
			const path = `?workflowId=clawbotAnswer001&${query}`;
			const found = (await this.system.n8n.api.executions(path)) as Array<{ id: string }>;
			return found.map(({ id }) => id);
		};
		await until(
			'no execution that runs',
			async () => await list('limit=1&status=running'),
			({ length }) => length === 0,
		);
		return await list('limit=250');
	}

	/** The platform's real request for a message that was not sent: what an attacker starts from. */
	async build(said: Said): Promise<Wire> {
		const from = `person${++this.people}`;
		return await this.control('POST', 'build', { from, ...said });
	}

	/** Sends exactly this to the bot. */
	async deliverRaw(said: Said, wire: Wire): Promise<Delivery> {
		const { platform, bot } = said;
		return await this.control('POST', 'deliver-raw', { platform, bot, ...wire });
	}
}
