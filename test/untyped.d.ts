/** Packages that bring no types: what the tests use of them. */

declare module 'qrcode/lib/core/mask-pattern' {
	import type { QRCode } from 'qrcode';
	type Penalty = (modules: QRCode['modules']) => number;
	export const getPenaltyN1: Penalty;
	export const getPenaltyN2: Penalty;
	export const getPenaltyN3: Penalty;
	export const getPenaltyN4: Penalty;
}
