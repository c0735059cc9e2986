create or replace view "sales" as select "id", "total"::DECIMAL(38,0) as "total"
from read_parquet(['/data/sales/**/*.parquet'], hive_partitioning = true, hive_types = {'year': 'BIGINT'});
