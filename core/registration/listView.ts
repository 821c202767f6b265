import type { Platform } from '../../protocol/message';
import type { Permission } from '../../protocol/registration';
import { html, tableOf, type Html, type Value } from '../common/html';
import { platformName } from '../common/names';
import { ageText, timeText } from '../common/time';
import { appIdOf, type BotState, type KnownBot } from './bots';
import { byConsole } from './byConsole';
import { both, formOf, type BotPageContext } from './forms';

/** A platform on the page. */
export interface Offered {
	platform: Platform;
	/** What the new bot asks the person for; empty where the platform decides it. */
	permissions: readonly Permission[];
}

/** How the long connection of a bot stands, where this process has it. */
export interface BotConnection {
	connectedSince?: number;
	awaySince?: number;
	failure?: { message: string; cure: string };
}

/** A bot of the list. */
export interface ListedBot {
	bot: KnownBot;
	connection?: BotConnection;
}

/** Platforms to connect a bot of, and the bots that there are. */
export function botListView(
	offered: readonly Offered[],
	bots: readonly ListedBot[],
	context: BotPageContext,
): Html {
	return html`<p>
			用平台的手机应用扫一次码，平台就创建一个机器人，凭证直接存入 n8n。 Scan a code with the
			platform’s app: the platform makes a bot, and its credentials go straight into n8n.
		</p>
		${offered.map((each) => offerView(each, context))}
		<h2>已有的机器人 · Bots of this n8n</h2>
		${bots.length === 0
			? html`<p class="soft">还没有 There is none yet</p>`
			: tableOf(
					['机器人 Bot', '状态 State', '连接 Connection', '流程 Workflows', ''],
					bots.map((each) => cellsOf(each, context)),
				)}`;
}

/** WeChat looks like WeCom’s app, and can do nothing with its code. */
const APPS: Readonly<Record<Platform, string>> = {
	dingtalk: '用钉钉扫码 Scan with DingTalk',
	feishu: '用飞书扫码 Scan with Feishu',
	wecom: '用企业微信（不是微信）扫码 Scan with WeCom, not WeChat',
};

function offerView({ platform, permissions }: Offered, context: BotPageContext): Html {
	return html`<h2>${platformName(platform)}</h2>
		${formOf(
			context,
			{ action: 'begin', platform },
			html`<button class="main">${APPS[platform]}</button>`,
		)}
		<details>
			<summary>机器人可以做什么 What the bot will be allowed</summary>
			${permissions.length === 0
				? html`<p>
						由平台决定：接收发给机器人的消息并回复。扫码时手机上会显示。 The platform decides it: to
						receive what is written to the bot, and to answer. The phone shows it.
					</p>`
				: html`<ul>
						${permissions.map(({ name, why }) => html`<li><code>${name}</code> ${both(why)}</li>`)}
					</ul>`}
		</details>
		${byConsole(platform, context.n8nUrl)}`;
}

const STATES: Readonly<Record<BotState, string>> = {
	answering: '正在回答 answering',
	waiting: '等待确认 waiting for confirmation',
	unused: '已创建，未使用 made but not used',
};

function cellsOf({ bot, connection }: ListedBot, context: BotPageContext): Value[] {
	const { id, name, platform, state, since, uses } = bot;
	return [
		html`<div>${name}</div>
			<div class="soft">
				${platformName(platform)}，${timeText(since, context.timezone)} 起 since
			</div>`,
		state === 'answering' ? STATES[state] : html`<strong>${STATES[state]}</strong>`,
		connectionText(connection, context.now),
		uses.map(
			({ workflow, listens }) =>
				html`<div>
					${workflow.name}${workflow.isPublished ? '' : '（未发布 not published）'}${listens
						? ''
						: '（不接收 does not listen）'}
				</div>`,
		),
		html`${next(state, id, context)} ${button('check', id, '检查 Check', context)}
		${formOf(
			context,
			{ action: 'begin', platform, replaces: id },
			html`<button>重新扫码更换 Replace by a scan</button>`,
		)}
		${appIdOf(bot) &&
		formOf(
			context,
			{ action: 'begin', platform, replaces: id, updates: '1' },
			html`<button>扫码补充权限 Add permissions</button>`,
		)}
		${button('disconnect', id, '断开 Disconnect', context)}`,
	];
}

function next(state: BotState, id: string, context: BotPageContext): Value {
	if (state === 'waiting') return html`<a href="?bot=${id}">看看谁写了消息 See who wrote</a>`;
	return state === 'unused' && button('goOn', id, '继续 Go on', context);
}

const button = (action: string, id: string, text: string, context: BotPageContext): Html =>
	formOf(context, { action, id }, html`<button>${text}</button>`);

function connectionText(connection: BotConnection | undefined, now: number): Value {
	if (!connection) return html`<span class="soft">-</span>`;
	const { connectedSince, awaySince, failure } = connection;
	if (connectedSince !== undefined) return `已连接 open, ${ageText(now - connectedSince)}`;
	return html`<strong>未连接 away, ${ageText(now - (awaySince ?? now))}</strong>${failure &&
		html`<div>${failure.message}. ${failure.cure}</div>`}`;
}
