import {
	waitingPage,
	confirmedPage,
	disconnectPage,
	madePage,
	settledPage,
} from '../../../core/registration/botView';
import type { KnownBot, PlacedWorkflow } from '../../../core/registration/bots';
import { begin, cancel, step, type EndedRegistration } from '../../../core/registration/flow';
import { botPage, notePage, refusalPage, type BotPage } from '../../../core/registration/forms';
import { botListView, type ListedBot } from '../../../core/registration/listView';
import type { NewPerson } from '../../../core/registration/newPersons';
import { beginAgain, codePage, endedPage, overPage } from '../../../core/registration/scanView';
import { connectableOf } from '../../../nodes/BotRegistration/connectBot';
import { registrationOf } from '../../../nodes/platforms/registrations';
import { platformNames } from '../../../protocol/platforms';

/* Every page on which bots are connected. */

const NOW = Date.parse('2026-11-30T12:00:00Z');
export const context = {
	now: NOW,
	timezone: 'Asia/Shanghai',
	csrf: 'c'.repeat(64),
	n8nUrl: 'https://n8n.example.com/',
};
const offered = platformNames.map((platform) => registrationOf(platform));

const workflow = (name: string, more: Partial<PlacedWorkflow> = {}): PlacedWorkflow => ({
	id: name.replace(/\W/g, ''),
	name,
	isPublished: true,
	hasDraft: false,
	nodes: [],
	publishedNodes: [],
	connections: {},
	settings: {},
	...more,
});
const answering = workflow('ClawBot 1 bot: answer bot messages', { id: 'clawbotAnswer001' });
const greeting = workflow('ClawBot 1 bot: greet new bots', { id: 'clawbotGreet0001' });

const bot = (more: Partial<KnownBot> = {}): KnownBot => ({
	...connectableOf(registrationOf('feishu')),
	id: 'Cr3d_ential-1',
	name: 'Feishu cli_5a4db0c500000001',
	since: NOW - 3 * 86_400_000,
	uses: [{ workflow: answering, listens: true }],
	state: 'answering',
	...more,
});

const listed: ListedBot[] = [
	{ bot: bot(), connection: { connectedSince: NOW - 5_000_000 } },
	{
		bot: bot({ id: '2', state: 'waiting', uses: [{ workflow: greeting, listens: true }] }),
		connection: {
			awaySince: NOW - 200_000,
			failure: { message: 'Feishu refused the App Secret', cure: 'Copy it again' },
		},
	},
	{
		bot: bot({
			...connectableOf(registrationOf('dingtalk')),
			id: '3',
			name: '客服机器人',
			state: 'unused',
			uses: [{ workflow: workflow('草稿', { isPublished: false }), listens: false }],
		}),
	},
];

const address = `https://open.feishu.cn/page/launcher?user_code=BDPC-WQKX&addons=${'H4sIAAAAAAAAA'.repeat(24)}`;
const flow = begin({ deviceCode: 'd', address, expiresInMs: 600_000, intervalMs: 5000 }, NOW);
export const scan = { id: 'x', platform: 'feishu' as const, flow };
const SEALED = 'AbC-_'.repeat(300);
const troubled = step(flow, { status: 'unreachable', reason: 'ETIMEDOUT', mayPass: true }, NOW);

const ended = (status: 'denied' | 'expired'): BotPage =>
	endedPage(scan, step(flow, { status }, NOW) as EndedRegistration, context);

const person = (more: Partial<NewPerson> = {}): NewPerson => ({
	key: 'k',
	credential: 'Cr3d_ential-1',
	platform: 'feishu',
	person: 'ou_7d8a6e6df7621556ce0d21922b676706ccs',
	name: '李强',
	words: '你好，在吗？我想问一下报销的流程，谢谢！',
	metAtMs: NOW,
	...more,
});
const places = [
	{
		workflow: answering,
		before: { id: 'o', name: 'ClawBot Feishu App' },
		alike: [workflow('ClawBot 2 delivery: retry deliveries')],
	},
	{ workflow: workflow('售后客服 After sales'), alike: [] },
	{ workflow: workflow('Being edited', { hasDraft: true }), alike: [] },
];
const waiting = { bot: bot({ state: 'waiting' }), persons: [person()], places, looks: 0 };

export const BOT_PAGES: Array<[name: string, page: BotPage]> = [
	['no bot yet', botPage(200, botListView(offered, [], context))],
	['the bots', botPage(200, botListView(offered, listed, context))],
	['a code', codePage(scan, SEALED, context)],
	[
		'a code while the platform is away',
		codePage({ ...scan, flow: troubled as never }, SEALED, context),
	],
	['a code of WeCom', codePage({ ...scan, platform: 'wecom' }, SEALED, context)],
	['a code that replaces a bot', codePage({ ...scan, replaces: '2' }, SEALED, context)],
	[
		'a code that adds permissions',
		codePage({ ...scan, replaces: '2', updates: true }, SEALED, context),
	],
	['a code that was denied', ended('denied')],
	['a code that has expired', ended('expired')],
	['a code that was cancelled', endedPage(scan, cancel(flow, NOW) as EndedRegistration, context)],
	['a code in the place of another', overPage(scan, context)],
	[
		'no code',
		notePage(502, 'n8n 的 API 没有应答 n8n’s API does not answer', beginAgain(scan, context)),
	],
	['a new bot', madePage(bot(), '')],
	['nobody has written', waitingPage({ ...waiting, persons: [] }, context)],
	['nobody has written for long', waitingPage({ ...waiting, persons: [], looks: 999 }, context)],
	[
		'who has written',
		waitingPage({ ...waiting, persons: [person(), person({ name: '', words: '' })] }, context),
	],
	['no workflow for it', waitingPage({ ...waiting, places: [] }, context)],
	['confirmed', confirmedPage(bot(), person(), [answering.name])],
	['a bot that answers', settledPage(bot(), context)],
	['a bot that is not used', settledPage(bot({ state: 'unused', uses: [] }), context)],
	['before it is disconnected', disconnectPage(bot(), context)],
	['a form that is not good', refusalPage('form')],
];
