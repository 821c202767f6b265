'use strict';
const { questionMark } = require('./marks.js');

/** @import { Sandbox } from '../system/sandbox.js' */
/** @import { Message } from './arena.js' */
/** @import { Random } from './random.js' */
/** @typedef {{ platform: string, type?: string, bot?: string }} Chat a kind of chat with a kind of bot */
/** @typedef {Chat & { people: string[], key: string, conversation?: string }} Conversation */
/** @typedef {ReturnType<typeof createPeople>} People */

/**
 * Every kind of bot and chat.
 *
 * @type {Chat[]}
 */
const CHATS = [
	{ platform: 'dingtalk' },
	{ platform: 'dingtalk', type: 'group' },
	{ platform: 'feishu' },
	{ platform: 'feishu', type: 'group' },
	{ platform: 'wecom' },
	{ platform: 'wecom', bot: 'aibot' },
	{ platform: 'wecom', bot: 'aibot', type: 'group' },
];

/** @type {Record<string, (number: number) => string>} */
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
 *
 * @param {object} world
 * @param {Sandbox} world.sandbox
 * @param {Random} world.random
 * @param {{ conversation: number, question: number }} world.numbers of the last ones
 * @param {Message[]} world.messages gets every question
 */
function createPeople({ sandbox, random, numbers, messages }) {
	/**
	 * A chat: a person with a bot, or two in a group; on any platform where none is named.
	 *
	 * @param {string} [platform]
	 * @param {string} [bot] of several that the platform has
	 * @returns {Conversation}
	 */
	function conversation(platform, bot) {
		const number = ++numbers.conversation;
		const chats = CHATS.filter(
			(each) =>
				(platform === undefined || each.platform === platform) &&
				(bot === undefined || each.bot === bot),
		);
		const chat = chats[number % chats.length];
		if (!chat) throw new Error(`nobody writes on ${platform}`);
		const group = chat.type === 'group';
		return {
			...chat,
			...(group && { conversation: GROUP_IDS[chat.platform]?.(number) }),
			people: [`person${number}`, ...(group ? [`colleague${number}`] : [])],
			key: `conversation ${number}`,
		};
	}

	/**
	 * Somebody writes a question; ends when every one of the `times` deliveries at once is over.
	 * `thinkMs` is one of `THINKING_MS`, any of them when left out.
	 *
	 * @param {Conversation} chat
	 * @param {{ thinkMs?: number, times?: number, contentType?: string }} [options]
	 * @returns {Promise<Message>}
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
