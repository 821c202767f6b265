import { http, useSandbox } from './helpers';

const { sandbox, control } = useSandbox();

test('The Date header is the platforms’ own time, also for who asks for no more than headers', async () => {
	const aheadMs = async (): Promise<number> => {
		const { headers, status, data } = await http.head(`${sandbox.origin}/feishu/`);
		expect([status, data]).toEqual([200, '']);
		return Date.parse(headers.date as string) - Date.now();
	};
	expect(Math.abs(await aheadMs())).toBeLessThan(20_000);
	await control.put('/clock', { offsetMs: -45_000 });
	expect(Math.abs((await aheadMs()) + 45_000)).toBeLessThan(20_000);
});
