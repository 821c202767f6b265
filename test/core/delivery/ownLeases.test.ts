import { OwnLeases } from '../../../core/delivery/ownLeases';

it('holds each lease as long as it was taken for, and no other', () => {
	let elapsed = 5000;
	const leases = new OwnLeases(() => elapsed);
	leases.take('me:1', 60_000);
	elapsed += 59_999;
	expect([leases.holds('me:1'), leases.holds('me:2')]).toEqual([true, false]);
	leases.take('me:2', 1);
	elapsed += 1;
	expect([leases.holds('me:1'), leases.holds('me:2')]).toEqual([false, false]);
});
