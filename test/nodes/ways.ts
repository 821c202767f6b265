import type { IDataObject } from 'n8n-workflow';
import type { Unsent } from '../../core/delivery/delivery';
import { DEFAULT_GROUPS } from '../../sandbox/people';

export type Service = 'dingtalk' | 'feishu' | 'wecom';

export interface Way {
	name: string;
	service: Service;
	/** The ledger's word for it. */
	kind: 'send' | 'reply';
	node: string;
	parameters: IDataObject;
	item?: () => Promise<IDataObject>;
	via: Unsent['via'];
	repeatable: boolean;
	/** How the platform says that it has a fault. */
	fault: IDataObject;
	/** Of a text that takes several parts. */
	lines?: number;
}

/** A message that somebody has written to a bot. */
type Said = (platform: Service) => Promise<IDataObject>;

const sending = { resource: 'message', operation: 'send', format: 'text' };
export const replying = { resource: 'message', operation: 'reply', format: 'text' };

async function afterItsSession(said: Said): Promise<IDataObject> {
	const item = await said('dingtalk');
	Object.assign(item.replyTo as IDataObject, { sessionExpiresAt: 0 });
	return item;
}

const dingTalk = { service: 'dingtalk', node: 'dingTalk' } as const;
const feishu = { service: 'feishu', node: 'feishu' } as const;
const weCom = { service: 'wecom', node: 'weCom' } as const;
const old = { fault: { body: { errcode: -1, errmsg: 'system busy' } } };
const dotted = { fault: { status: 503, body: { code: 'ServiceUnavailable' } } };
const busy = { fault: { body: { code: 2200, msg: 'busy' } } };
const robot = {
	kind: 'send',
	parameters: { ...sending, authentication: 'groupRobot' },
	via: 'groupRobot',
} as const;
/** What an app of Feishu and what WeCom takes at once differs. */
const manyLines = { lines: 14_000 };
const fewLines = { lines: 300 };
const app = { kind: 'send', via: 'app' } as const;
const byApp = { ...sending, authentication: 'app' };
const reply = { kind: 'reply', parameters: replying, via: 'reply' } as const;

/** Each way in which a message leaves, by what `said` gives as the message that is answered. */
export const waysOf = (said: Said): Way[] => [
	{ name: 'a DingTalk group robot', ...dingTalk, ...robot, ...old, repeatable: true },
	{
		name: 'a DingTalk app to people',
		...dingTalk,
		...app,
		...dotted,
		parameters: { ...byApp, sendTo: 'users', userIds: 'zhangsan, lisi' },
		repeatable: false,
	},
	{
		name: 'a DingTalk app to a group',
		...dingTalk,
		...app,
		...dotted,
		parameters: { ...byApp, sendTo: 'group', conversationId: DEFAULT_GROUPS.dingtalk },
		repeatable: false,
	},
	{
		name: 'a DingTalk session',
		...dingTalk,
		...reply,
		...old,
		item: async () => await said('dingtalk'),
		repeatable: true,
	},
	{
		name: 'a DingTalk app after the session',
		...dingTalk,
		...reply,
		...dotted,
		kind: 'send',
		item: async () => await afterItsSession(said),
		repeatable: false,
	},
	{
		name: 'a Feishu group robot',
		...feishu,
		...robot,
		...busy,
		// More than four at once would be for its limit to stop.
		lines: 1800,
		repeatable: false,
	},
	{
		name: 'a Feishu app to a person',
		...feishu,
		...app,
		...busy,
		...manyLines,
		parameters: { ...byApp, sendTo: 'users', userIdType: 'user_id', userIds: 'zhangsan' },
		repeatable: true,
	},
	{
		name: 'a Feishu reply',
		...feishu,
		...reply,
		...busy,
		...manyLines,
		item: async () => await said('feishu'),
		repeatable: true,
	},
	{ name: 'a WeCom group robot', ...weCom, ...robot, ...old, ...fewLines, repeatable: false },
	{
		name: 'a WeCom app to people',
		...weCom,
		...app,
		...old,
		...fewLines,
		parameters: { ...byApp, sendTo: 'users', userIds: 'zhangsan, lisi' },
		repeatable: true,
	},
	{
		name: 'a WeCom app’s reply',
		...weCom,
		...reply,
		...old,
		...fewLines,
		kind: 'send',
		item: async () => await said('wecom'),
		repeatable: true,
	},
];
