import type { Capabilities, RouteCapabilities } from '../capabilities';

/** DingTalk refuses a message whose body is over 20,000 bytes; the rest is for the JSON around the text. */
const MAX_TEXT = 18_000;

/** Its `msgUuid` makes a repetition the same message. */
const groupRobot: RouteCapabilities = {
	targets: {},
	shows: ['text', 'markdown', 'raw'],
	maxText: { text: MAX_TEXT, markdown: MAX_TEXT },
	repetition: { knownBy: 'key' },
	mentions: { text: ['people', 'everybody'], markdown: ['people', 'everybody'] },
};

export const capabilities = {
	name: 'DingTalk',
	chineseName: '钉钉',
	routes: {
		groupRobot,
		/** A conversation's session webhook takes the same bodies. */
		session: groupRobot,
		app: {
			targets: { chat: { maxIds: 1 }, users: { maxIds: 20 } },
			shows: ['text', 'markdown', 'raw'],
			maxText: { text: MAX_TEXT, markdown: MAX_TEXT },
			repetition: 'shownAgain',
			mentions: { text: [], markdown: [] },
		},
	},
} as const satisfies Capabilities;
