import { describe } from 'vitest';
import { describeTrial } from './trial';

describe('a trial on centos7', () => describeTrial('centos7'));
