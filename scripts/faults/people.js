'use strict';
const { questionMark } = require('./marks.js');

/** Every kind of bot and chat. */
const CHATS = [
	{ platform: 'dingtalk' },
	{ platform: 'dingtalk', type: 'group' },
	{ platform: 'feishu' },
	{ platform: 'feishu', type: 'group' },
	{ platform: 'wecom' },
	{ platform: 'wecom', bot: 'aibot' },
	{ platform: 'wecom', bot: 'aibot', type: 'group' },
];

const GROUP_IDS = {
	dingtalk: (number) => `cidFaults${String(number).padStart(14, '0')}==`,
	feishu: (number) => `oc_fa${String(number).padStart(30, '0')}`,
	wecom: (number) => `wrFaults${String(number).padStart(22, '0')}`,
};

/** How long the model thinks about a question that asks for it. */
const THINKING_MS = [50, 150, 400, 1_200, 2_500];

const modelRules = THINKING_MS.map((delayMs) => ({ contains: `think ${delayMs} ms`, delayMs }));

/**
 * People who write to all bots. Marks and people are new for the life of `numbers`, so that several
 * scenarios on one system know their own.
 */
function createPeople({ sandbox, random, numbers, messages }) {
	/** A chat: a person with a bot, or two in a group; on any platform where none is named. */
	function conversation(platform) {
		const number = ++numbers.conversation;
		const chats = platform ? CHATS.filter((chat) => chat.platform === platform) : CHATS;
		const chat = chats[number % chats.length];
		const group = chat.type === 'group';
		return {
			...chat,
			...(group && { conversation: GROUP_IDS[chat.platform](number) }),
			people: [`person${number}`, ...(group ? [`colleague${number}`] : [])],
			key: `conversation ${number}`,
		};
	}

	/**
	 * Somebody writes a question; ends when every one of the `times` deliveries at once is over.
	 * `thinkMs` is one of `THINKING_MS`.
	 */
	async function ask(chat, { thinkMs, ...more } = {}) {
		const { people, key, ...said } = chat;
		const mark = questionMark(++numbers.question);
		const think = thinkMs ?? random.pick(THINKING_MS);
		const text = `${mark}: please think ${think} ms.`;
		const from = random.pick(people);
		const { messageId } = await sandbox.call('POST', '/say', { ...said, ...more, from, text });
		const message = { id: messageId, mark, conversation: key };
		messages.push(message);
		return message;
	}

	return { conversation, ask };
}

module.exports = { createPeople, modelRules };
