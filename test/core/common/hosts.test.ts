import { readHosts } from '../../../core/common/hosts';

const row = (fields: object = {}): object => ({
	id: 1,
	name: 'web-1',
	address: '10.0.0.11',
	port: 22,
	user: 'clawbot',
	role: 'web',
	order: 1,
	enabled: true,
	note: '',
	...fields,
});
const names = (...rows: object[]): string[] => readHosts(rows).good.map(({ name }) => name);

describe('readHosts', () => {
	it('takes them in their order, that of n8n last', () => {
		expect(
			names(
				row({ name: 'n', role: 'N8N', order: 0 }),
				row({ name: 'c', order: '2' }),
				row({ name: 'b' }),
				row({ name: 'a' }),
				row({ name: 'd', order: null }),
			),
		).toEqual(['d', 'a', 'b', 'c', 'n']);
	});

	it('leaves out what is switched off or empty, without a word', () => {
		const off = [false, 0, 'false', '否', 'no'].map((enabled) => row({ enabled }));
		expect(readHosts([...off, {}, { name: null, address: ' ' }, null, 'x'])).toEqual({
			good: [],
			problems: [],
		});
	});

	it('takes a row that was not switched, and the usual port', () => {
		expect(readHosts([row({ enabled: null, port: null })]).good).toMatchObject([{ port: 22 }]);
	});

	it.each([
		['name', ''],
		['name', '../x'],
		['address', ''],
		['address', '10.0.0.1; reboot'],
		['address', '-oProxyCommand=x'],
		['port', 0],
		['port', 65_536],
		['port', '22x'],
		['user', ''],
		['user', '$(id)'],
		['order', 'first'],
	])('names a row whose %s is %j', (column, value) => {
		const { good, problems } = readHosts([row(), row({ name: 'b', [column]: value })]);
		expect(good).toHaveLength(1);
		expect(problems).toEqual([expect.stringContaining(`clawbot_hosts 2: ${column}`)]);
	});

	it('names a host that is there twice', () => {
		expect(readHosts([row(), row({ address: '10.0.0.12' })])).toMatchObject({
			good: [{ address: '10.0.0.11' }],
			problems: [expect.stringContaining('web-1 is there twice')],
		});
	});
});
