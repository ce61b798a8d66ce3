import { mail1 } from './mail1.ts';
import { mail2 } from './mail2.ts';
import { mail3 } from './mail3.ts';
import { mail4 } from './mail4.ts';
import { mail5 } from './mail5.ts';
import type { Policy } from './policy.ts';
import { v5Versions } from './v5-versions.ts';
import { v6_1 } from './v6.1.ts';
import { v6_4 } from './v6.4.ts';
import { tglxSeries, v6_5 } from './v6.5.ts';
import { nodeVersions } from './v6.9.ts';

/** Every built-in policy, oldest first. */
export const policies: readonly Policy[] = [
  ...v5Versions,
  ...mail3,
  v6_1,
  v6_4,
  ...tglxSeries,
  v6_5,
  ...mail1,
  ...mail2,
  ...mail4,
  ...mail5,
  ...nodeVersions,
];
