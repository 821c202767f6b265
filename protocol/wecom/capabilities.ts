import type { Capabilities } from '../capabilities';

export const capabilities = {
	name: 'WeCom',
	chineseName: '企业微信',
	routes: {
		groupRobot: {
			targets: {},
			shows: ['text', 'markdown', 'raw'],
			maxText: { text: 2048, markdown: 4096 },
			repetition: 'shownAgain',
			mentions: { text: ['people', 'everybody'], markdown: ['people'] },
		},
		app: {
			targets: { users: { maxIds: 1000 }, departments: { maxIds: 100 }, tags: { maxIds: 100 } },
			shows: ['text', 'markdown', 'raw'],
			/** WeCom cuts a longer text without a word. */
			maxText: { text: 2048, markdown: 2048 },
			/** By `enable_duplicate_check`; the least interval of `appBody`. */
			repetition: { knownBy: 'content', forMs: 1_800_000 },
			mentions: { text: [], markdown: [] },
		},
		aiBot: {
			targets: {},
			shows: ['text', 'markdown', 'raw'],
			maxText: { text: 20_480, markdown: 20_480 },
			oneMessage: true,
			/** The address that a message brings takes one answer. */
			repetition: 'refused',
			mentions: { text: [], markdown: [] },
		},
		/** An AI bot's long connection. */
		connection: {
			targets: {},
			shows: ['text', 'markdown', 'raw'],
			maxText: { text: 20_480, markdown: 20_480 },
			repetition: 'shownAgain',
			mentions: { text: [], markdown: [] },
		},
	},
} as const satisfies Capabilities;
