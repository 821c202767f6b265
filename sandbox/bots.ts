import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import type { Accounts } from './accounts.ts';
import type { Bot, SimulatedPlatform, UserMessage } from './messages.ts';
import { BOT_NAME } from './people.ts';

/** What a Feishu app was given: permissions, events, callbacks. */
export interface Grants {
	scopes: { tenant: string[]; user: string[] };
	events: { tenant: string[]; user: string[] };
	callbacks: string[];
}

/** A bot of a platform. */
export interface BotAccount {
	platform: SimulatedPlatform;
	/** DingTalk's client id and robot code, Feishu's app id, the bot id of WeCom's AI bots. */
	id: string;
	secret: string;
	name: string;
	/** Feishu only: its people are in China, Lark's elsewhere, on other hosts. */
	brand?: 'feishu' | 'lark';
	/** Who made it by scanning a code; left out: it is in accounts.json. */
	madeBy?: string;
	/** ISO 8601, the machine's time. */
	madeAt?: string;
	/** Shown by the control, and held against nothing; left out: the platform's own choice. */
	grants?: Grants;
}

export const CONNECTION_ONLY =
	'a bot that was made by a scan takes messages by its connection only';

/**
 * The bots that the platforms know: one of each in accounts.json, and those that people made by a scan. A platform
 * knows these after a restart too, where a file keeps them.
 */
export class Bots {
	private readonly stored: Record<SimulatedPlatform, BotAccount>;
	/** WeCom's self-built app: callbacks only, and made in the console only. */
	private readonly weComAppId: string;
	private readonly made: BotAccount[];
	private readonly file: string | undefined;

	/** @param file keeps the bots that people made; without one they are gone with the process */
	constructor(
		{ dingTalkAppApi, feishuAppApi, weComAppApi, weComAiBotApi }: Accounts,
		file?: string,
	) {
		this.file = file;
		this.made =
			file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BotAccount[]) : [];
		const name = BOT_NAME;
		const { clientId, clientSecret } = dingTalkAppApi;
		const { appId, appSecret } = feishuAppApi;
		const { botId, secret } = weComAiBotApi;
		this.weComAppId = weComAppApi.agentId;
		this.stored = {
			dingtalk: { platform: 'dingtalk', name, id: clientId, secret: clientSecret },
			feishu: { platform: 'feishu', name, id: appId, secret: appSecret, brand: 'feishu' },
			wecom: { platform: 'wecom', name, id: botId, secret },
		};
	}

	/** The id of the bot that a message is for, where it names none. */
	idOf(platform: SimulatedPlatform, bot: Bot): string {
		return platform === 'wecom' && bot === 'app' ? this.weComAppId : this.stored[platform].id;
	}

	find(platform: SimulatedPlatform, id: unknown): BotAccount | undefined {
		return this.list().find((bot) => bot.platform === platform && bot.id === id);
	}

	/** Whose credentials these are. */
	withSecret(platform: SimulatedPlatform, id: unknown, secret: unknown): BotAccount | undefined {
		const bot = this.find(platform, id);
		return bot?.secret === secret ? bot : undefined;
	}

	/** Nobody has entered a callback address for it in a console. */
	isConnectionOnly({ platform, botId }: Pick<UserMessage, 'platform' | 'botId'>): boolean {
		return this.find(platform, botId)?.madeBy !== undefined;
	}

	add(bot: BotAccount) {
		this.made.push(bot);
	}

	/** To be called when a bot has come or was given more. */
	keep() {
		if (!this.file) return;
		// The file is whole at every moment: a sandbox does not start with half of it.
		const next = `${this.file}.new`;
		writeFileSync(next, JSON.stringify(this.made), { mode: 0o600 });
		renameSync(next, this.file);
	}

	list(): BotAccount[] {
		return [...Object.values(this.stored), ...this.made];
	}

	reset() {
		this.made.length = 0;
		if (this.file) rmSync(this.file, { force: true });
	}
}
