-- Which cells are corrected together, and how small a q their draws can reach.
SELECT name, quantity, member_count, null_draws, smallest_q, correction FROM family ORDER BY name, quantity
