import { md5Hex } from './aes.ts';
import groups from './groups.json' with { type: 'json' };

export interface Person {
	/** DingTalk staff id, Feishu user_id, WeCom userid. */
	id: string;
	name: string;
	mobile?: string;
	email?: string;
}

export interface Chat {
	id: string;
	name: string;
	platform: string;
}

const COLLEAGUES: Person[] = [
	{ id: 'zhangsan', name: '张三', mobile: '13800000001', email: 'zhangsan@example.com' },
	{ id: 'lisi', name: '李四', mobile: '13800000002', email: 'lisi@example.com' },
	{ id: 'wangwu', name: '王五', mobile: '13800000003', email: 'wangwu@example.com' },
];

/** Feishu's ids of a person; an id that already has the form is kept. */
export const openIdOf = (id: string) => (id.startsWith('ou_') ? id : `ou_${md5Hex(`open:${id}`)}`);
export const unionIdOf = (id: string) => `on_${md5Hex(`union:${id}`)}`;
/** Each app has a chat of its own with a person. */
export const directChatOf = (id: string, appId: string) =>
	`oc_${md5Hex(`direct:${openIdOf(id)}:${appId}`)}`;
export const BOT_NAME = 'ClawBot';
export const botOpenIdOf = (appId: string) => openIdOf(`bot:${appId}`);

/** The group that a message lands in when none is named. */
export const DEFAULT_GROUPS: Record<string, string> = {
	dingtalk: groups.dingtalk,
	feishu: groups.feishu,
	wecom: groups.wecom,
};
/** Where all group robots write, and operators with the AI bot: `npm start` allows it to give commands. */
export const OPERATIONS_GROUP = groups.operations;

export type People = ReturnType<typeof createPeople>;

/** Who and which groups the platforms know: three colleagues, three groups, and whoever has ever typed. */
export function createPeople() {
	let people = new Map<string, Person>();
	let chats = new Map<string, Chat>();

	const reset = () => {
		people = new Map();
		for (const person of COLLEAGUES) people.set(person.id, person);
		chats = new Map(
			Object.entries(DEFAULT_GROUPS).map(([platform, id]) => [
				id,
				{ id, platform, name: 'ClawBot 测试群' },
			]),
		);
		chats.set(OPERATIONS_GROUP.id, { ...OPERATIONS_GROUP, name: 'ClawBot 运维群' });
	};
	reset();

	return {
		meet(id: string): Person {
			const known = people.get(id);
			if (known) return known;
			const person = { id, name: id };
			people.set(id, person);
			return person;
		},
		join(platform: string, id: string): Chat {
			const known = chats.get(id);
			if (known) return known;
			const chat = { id, platform, name: id };
			chats.set(id, chat);
			return chat;
		},
		person: (id: string) => people.get(id),
		personBy: (match: (person: Person) => boolean) => [...people.values()].find(match),
		chat: (platform: string, id: string) => {
			const chat = chats.get(id);
			return chat?.platform === platform ? chat : undefined;
		},
		chats: (platform: string) => [...chats.values()].filter((chat) => chat.platform === platform),
		reset,
	};
}
