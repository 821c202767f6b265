import type { Capabilities } from '../capabilities';

/*
 * Feishu counts the bytes of the JSON that holds the text, where line ends and quotes take more than one
 * byte: the limits of the text stay a third below the platform's 150 KB (text), 30 KB (post, card) and
 * 20 KB (group robot).
 */
export const capabilities = {
	name: 'Feishu',
	chineseName: '飞书',
	routes: {
		groupRobot: {
			targets: {},
			shows: ['text', 'markdown', 'raw'],
			maxText: { text: 13_000, markdown: 13_000 },
			repetition: 'shownAgain',
			mentions: { text: ['people', 'everybody'], markdown: ['people', 'everybody'] },
		},
		app: {
			targets: { chat: { maxIds: 1 }, users: { oneByOne: true } },
			shows: ['text', 'markdown', 'raw'],
			maxText: { text: 100_000, markdown: 20_000 },
			/** Of its `uuid`. */
			repetition: { knownBy: 'key', forMs: 3_600_000 },
			mentions: { text: ['people', 'everybody'], markdown: ['people', 'everybody'] },
		},
	},
} as const satisfies Capabilities;
