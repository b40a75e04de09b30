-- dyad: CHN-RUS
-- section: Complementary Economies
-- quote: supporting the Russian economy, which grew by 3.6 percent
-- claim: China's exports supported Russia's growth in 2023.
-- rule: Needs a published estimate of the part of Russia's growth in 2023 that is due to imports from China. The growth itself is another
--   claim.
-- claimed: support
-- searched: economy_indicator
-- reason: No public figure attributes a part of Russia's growth to imports from China.
select null::varchar as value_found, 'not decidable' as verdict, []::varchar[] as evidence
