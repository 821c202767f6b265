import type { DecodedRequest } from '../../../../nodes/shared/receive/callback';
import { Refused } from '../../../../protocol/verify';
import { feishu } from '../../feishuCase';
import type { Wire } from '../../platforms';

const callback = feishu.callbackOf({} as never);

/** An app of its own for each test: what is known of one lasts as long as the process. */
let apps = 0;
const newApp = (): object => ({ ...feishu.credentials.feishuAppApi, appId: `cli_${++apps}` });

const decode = (app: object, { method, query, headers, body }: Wire): DecodedRequest =>
	callback.decode({ method, query, headers, body: Buffer.from(body) }, app as never, Date.now());
const checks = (app: object): DecodedRequest => decode(app, feishu.probe!.wire());
const ANSWERED = { answer: { body: { challenge: 'c-123' } } };

it('answers checks of the address, any number, before something signed has come', () => {
	const app = newApp();
	expect(checks(app)).toMatchObject(ANSWERED);
	expect(checks(app)).toMatchObject(ANSWERED);
});

it('looks into nothing unsigned after a signed event; another app stands by itself', () => {
	const [app, other] = [newApp(), newApp()];
	decode(app, feishu.message({ id: 'm1' }));
	expect(() => checks(app)).toThrow(Refused);
	// Not even whether it can be decrypted is told.
	const { probe, attacks } = feishu;
	const [, otherKey] = attacks.find(([name]) => name.endsWith('under another key'))!;
	const reason = (wire: Wire): unknown => {
		try {
			return decode(app, wire);
		} catch (error) {
			return (error as Refused).reason;
		}
	};
	expect(reason(otherKey())).toBe(reason(probe!.wire()));
	expect(checks(other)).toMatchObject(ANSWERED);
	expect(decode(app, feishu.message({ id: 'm2' }))).toMatchObject({ message: { messageId: 'm2' } });
});

it('goes on answering after what was not signed, or wrongly', () => {
	const app = newApp();
	const forged = feishu.attacks.filter(
		([name, , credentials]) =>
			!credentials && /signature|signed time|token$|under another/.test(name),
	);
	expect(forged.length).toBeGreaterThan(6);
	for (const [, wire] of forged.filter(([name]) => !name.startsWith('an event'))) {
		expect(() => decode(app, wire())).toThrow();
	}
	expect(checks(app)).toMatchObject(ANSWERED);
});

it('answers again when the workflow is published anew', () => {
	const app = newApp();
	decode(app, feishu.message({ id: 'm1' }));
	callback.published!(app as never);
	expect(checks(app)).toMatchObject(ANSWERED);
});
