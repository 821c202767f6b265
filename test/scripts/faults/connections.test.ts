import { gapMs } from '../../../scripts/faults/connections';

const link = (at: number, change: 1 | -1, service = 'dingtalk') => ({ service, at, change });
const gap = (...links: ReturnType<typeof link>[]) =>
	gapMs(links, 'dingtalk', { from: 100, to: 200 });

describe('the time without a connection', () => {
	it('is none where one takes the place of the other first', () => {
		expect(gap(link(0, 1), link(120, 1), link(130, -1))).toBe(0);
		expect(gap(link(0, 1))).toBe(0);
	});

	it('is counted from the end of the last one to the next, as far as it is looked at', () => {
		expect(gap(link(0, 1), link(120, -1), link(130, 1), link(150, -1), link(190, 1))).toBe(50);
		expect(gap(link(0, 1), link(150, -1), link(300, 1))).toBe(50);
		expect(gap(link(0, 1), link(50, -1), link(110, 1))).toBe(10);
		expect(gap()).toBe(100);
	});

	it('is one platform’s', () => {
		expect(gap(link(0, 1), link(120, -1), link(121, 1, 'feishu'))).toBe(80);
	});
});
