INSERT INTO totals SELECT item, COUNT(*) FROM orders GROUP BY item;
