import { reachedFrom } from '../imports';

/* The way of an answer through the files: straight down, and no file knows one that comes before it. */

const PLATFORMS = ['DingTalk', 'Feishu', 'WeCom'];

/** What each file decides stands in docs/life-of-a-message.md, "The code's way". */
const walkTo = (platform: string): string[] => [
	'nodes/BotReply/BotReply.node.ts',
	'nodes/shared/conversation/turns.ts',
	'nodes/shared/send/deliver.ts',
	`nodes/${platform}/send/reply.ts`,
	`nodes/${platform}/api.ts`,
	'nodes/shared/http/transport.ts',
];

/** What is wrong with a walk: imports that run back, and files that its first one does not lead to. */
function faultsOf(walk: string[]): string[] {
	return walk.flatMap((file, place) => {
		const reached = reachedFrom(file, ['nodes', 'core', 'protocol']);
		const back = walk.slice(0, place).filter((earlier) => reached.has(earlier));
		const lost = place === 0 ? walk.slice(1).filter((later) => !reached.has(later)) : [];
		return [
			...back.map((earlier) => `${file} leads back to ${earlier}`),
			...lost.map((later) => `${file} does not lead to ${later}`),
		];
	});
}

test.each(PLATFORMS)('An answer on %s goes through six files, and none leads back', (platform) => {
	expect(walkTo(platform)).toHaveLength(6);
	expect(faultsOf(walkTo(platform))).toEqual([]);
});

test('An import that runs back is found, and a file that nobody leads to (control)', () => {
	const [node, turns, deliver, reply, api, transport] = walkTo('Feishu') as [string, ...string[]];
	expect(faultsOf([node, turns!, deliver!, api!, reply!, transport!])).toEqual([
		`${reply} leads back to ${api}`,
	]);
	expect(faultsOf([node, 'nodes/AiReply/AiReply.node.ts'])).toHaveLength(1);
});

test.each(['AiReply/AiReply.node.ts', 'BotDelivery/BotDelivery.node.ts'])(
	'%s joins the same walk',
	(file) => {
		const [, ...walk] = walkTo('WeCom');
		expect(faultsOf([`nodes/${file}`, ...walk])).toEqual([]);
	},
);
